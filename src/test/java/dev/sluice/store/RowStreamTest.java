package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads that do not come to their end. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class RowStreamTest {
    private final SluiceServer server = SluiceServer.start("--spring.datasource.hikari.maximum-pool-size=8");

    @BeforeAll
    void load() {
        String lines = IntStream.range(0, 3_000)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"language\":\"" + "x".repeat(1_000)
                        + "\"}\n")
                .collect(Collectors.joining());
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1_500, 3_000})
    void whoeverUsesTheConnectionNextSeesNothingOfARowThatWasRefused(int refused) {
        RowQuery query = RowQuery.everything(ResourceType.of("Basic"), Instant.parse("2999-01-01T00:00:00Z"));
        int[] rows = new int[1];

        assertThatThrownBy(() -> server.bean(RowStream.class)
                        .read(
                                query,
                                KeyRange.ALL,
                                (buffer, offset, length) -> {
                                    if (++rows[0] == refused) {
                                        throw new IllegalStateException("no room for it");
                                    }
                                },
                                canceller -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no room for it");

        for (int i = 0; i < 20; i++) {
            server.bean(TransactionTemplate.class)
                    .executeWithoutResult(status -> assertThat(
                                    server.bean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                            .isEqualTo(1));
        }
    }
}
