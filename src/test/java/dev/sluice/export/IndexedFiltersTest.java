package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SluiceServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What the index takes off a filter: fewer resources are read, and the same ones are kept. */
@TestInstance(Lifecycle.PER_CLASS)
class IndexedFiltersTest {
    private static final int MANY = 1_000;

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(
                server,
                IntStream.range(0, MANY)
                        .mapToObj(n -> "{\"resourceType\":\"Observation\",\"id\":\"o" + n
                                + "\",\"identifier\":[{\"system\":\"urn:n\",\"value\":\"" + n
                                + "\"}],\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":\"c" + n % 2
                                + "\"}]}],\"code\":{\"coding\":[{\"system\":\"urn:" + (n % 20 == 0 ? "a" : "b")
                                + "\",\"code\":\"x" + n % 10 + "\"}]}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "Observation?code=x0 ! true ! 100 ! 100",
                "Observation?code=urn:a|x0 ! true ! 100 ! 50",
                "Observation?code=x0,x1&category=c1 ! true ! 100 ! 100",
                "Observation?combo-code=x3 ! true ! 100 ! 100",
                "Observation?identifier=urn:n|7,urn:n|8 ! true ! 2 ! 2",
                "Observation?code=x0&status=final ! true ! 100 ! 100",
                "Observation?status=final ! false ! 1000 ! 1000",
                "Observation?code:not=x0 ! false ! 1000 ! 900",
                "Observation?code=urn:a| ! false ! 1000 ! 50"
            })
    void readsWhatTheIndexCannotExclude(String filter, boolean index, int read, int kept) {
        Export export = export(filter);

        JsonNode explained = export.manifest().path("extension").path("filters").path(0);
        assertThat(export.all()).hasSize(kept);
        assertThat(explained.path("type").asString()).isEqualTo("Observation");
        assertThat(explained.path("index").asBoolean()).isEqualTo(index);
        assertThat(explained.path("read").asInt()).isEqualTo(read);
        assertThat(explained.path("kept").asInt()).isEqualTo(kept);
    }

    @Test
    void aStoreWithRowsThatAreNotIndexedReadsThemAll() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        jdbc.update("update signature_version set version = 0");
        try {
            Export export = export("Observation?code=x0");

            assertThat(export.all()).hasSize(100);
            assertThat(export.manifest().toString()).contains("\"index\":false,\"read\":1000,\"kept\":100");
        } finally {
            jdbc.update("update signature_version set version = 1");
        }
    }

    private Export export(String filter) {
        return client.export(
                "/$export?_type=Observation&_typeFilter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
    }
}
