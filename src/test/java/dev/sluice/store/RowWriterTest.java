package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a batch costs does not depend on how much is there. */
@IntegrationTest
class RowWriterTest {
    private static final int BATCHES = 15; // after ten or so a connection keeps its plans

    private final SluiceServer server = SluiceServer.start();
    private final RowWriter writer = server.bean(RowWriter.class);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTableThatWasEmptyAtFirstIsNeverReadWhole() {
        for (int content = 0; content < 2; content++) {
            for (int batch = 0; batch < BATCHES; batch++) {
                writer.write(batch(batch, "x".repeat(content + 1)));
                writer.write(batch(batch, "x".repeat(content + 1)));
            }
        }

        for (String table : List.of("resource_basic", "patient_number")) {
            await().atMost(Duration.ofSeconds(20)) // what a connection has done is told when it is idle
                    .until(() -> count("idx_scan", table) >= 2 * BATCHES);
            assertThat(count("seq_scan", table)).as(table).isZero();
        }
    }

    /** Each in the compartment of a patient of its own. */
    private static List<ResourceWrite> batch(int batch, String filler) {
        return IntStream.range(0, 50)
                .mapToObj(i -> "b" + batch + "-" + i)
                .map(id -> new ResourceWrite(
                        new ResourceKey(ResourceType.of("Basic"), id),
                        new ResourceWrite.Content(
                                (version, time) -> ("{\"resourceType\":\"Basic\",\"id\":\"" + id + "\",\"language\":\""
                                                + filler + "\"}")
                                        .getBytes(StandardCharsets.UTF_8),
                                List.of(id),
                                new long[0],
                                null),
                        VersionCondition.NONE))
                .toList();
    }

    private long count(String column, String table) {
        Long count = jdbc.queryForObject(
                "select coalesce(" + column + ", 0) from pg_stat_user_tables where relname = ?", Long.class, table);
        return count == null ? 0 : count;
    }
}
