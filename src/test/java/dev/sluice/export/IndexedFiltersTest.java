package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
@IntegrationTest
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
                                + "\",\"subject\":{\"reference\":\""
                                + (n % 500 == 499 ? "https://old.example/fhir/" : "") + "Patient/p" + n % 100
                                + "\"},\"performer\":[{\"reference\":\"Practitioner/d" + n % 10
                                + "\"}],\"identifier\":[{\"system\":\"urn:n\",\"value\":\"" + n
                                + "\"}],\"status\":\"final\",\"category\":[{\"coding\":[{\"code\":\"c" + n % 2
                                + "\"}]}],\"code\":{\"coding\":[{\"system\":\"urn:" + (n % 20 == 0 ? "a" : "b")
                                + "\",\"code\":\"x" + n % 10 + "\"}]},\"valueQuantity\":{\"value\":" + n + "}}\n")
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
                "Observation?code=urn:a| ! false ! 1000 ! 50",
                "Observation?_id=o1,o2,nobody ! true ! 2 ! 2",
                "Observation?_id=o1,o2&status=final ! true ! 2 ! 2",
                "Observation?_id:not=o1,o2 ! false ! 1000 ! 998",
                "Observation?patient=p7,p8 ! true ! 22 ! 20",
                "Observation?subject=Patient/p7 ! true ! 12 ! 10",
                "Observation?subject=Patient/nobody ! true ! 2 ! 0",
                "Observation?subject=p7 ! false ! 1000 ! 10",
                "Observation?subject=Patient/p7,Group/g ! false ! 1000 ! 10",
                "Observation?subject=https://old.example/fhir/Patient/p99 ! false ! 1000 ! 2",
                "Observation?patient=p7&code=x7 ! true ! 10 ! 10",
                "Observation?performer=Practitioner/d7 ! false ! 1000 ! 100",
                "Observation?code-value-quantity=x0$lt100 ! true ! 100 ! 10",
                "Observation?combo-code-value-quantity=x0$lt100,x1$lt100 ! true ! 200 ! 20",
                "Observation?_lastUpdated=gt2020&_lastUpdated=lt9999 ! true ! 1000 ! 1000",
                "Observation?_lastUpdated=ge9999 ! true ! 0 ! 0",
                "Observation?_lastUpdated=ge0001 ! true ! 1000 ! 1000",
                "Observation?_lastUpdated=lt2020 ! false ! 1000 ! 0",
                "Observation?_id=o1,Observation?code=x2,Observation?patient=p3 ! true ! 113 ! 111",
                "Observation?patient=p3&code=x3,Observation?patient=p4&code=x4 ! true ! 20 ! 20",
                "Observation?_id=o1,Observation?status=registered ! false ! 1000 ! 1"
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
        jdbc.update("update token_index_version set version = 0");
        try {
            Export export = export("Observation?code=x0");

            assertThat(export.all()).hasSize(100);
            assertThat(export.manifest().toString()).contains("\"index\":false,\"read\":1000,\"kept\":100");
        } finally {
            jdbc.update("update token_index_version set version = 2");
        }
    }

    /** Looking up changes nothing but what is read: whatever the filter, the same resources as by reading all of them. */
    @Test
    void whatIsLookedUpIsWhatIsFoundByReadingAll() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        for (String filter : List.of(
                "Observation?patient=p3,p99",
                "Observation?subject=Patient/p99&code=x9",
                "Observation?code-value-quantity=x9$gt400",
                "Observation?subject:Patient=p99,Observation?code=x1")) {
            List<String> lookedUp = export(filter).keys();
            jdbc.update("update token_index_version set version = 0");
            try {
                assertThat(lookedUp)
                        .as(filter)
                        .isNotEmpty()
                        .isEqualTo(export(filter).keys());
            } finally {
                jdbc.update("update token_index_version set version = 2");
            }
        }
    }

    /** Of many queries each is narrowed by one of its clauses. */
    @Test
    void manyQueriesAreLookedUpTogether() {
        Export export = export(IntStream.range(0, 30)
                .mapToObj(n -> "Observation?patient=p" + n + "&code=x" + n % 7)
                .collect(Collectors.joining(",")));

        assertThat(export.manifest().toString()).contains("\"index\":true,\"read\":302,\"kept\":");
        assertThat(export.all()).hasSize(70);
    }

    @Test
    void aListOfThousandsIsLookedUp() {
        String ids = IntStream.range(0, 10_000).mapToObj(n -> "o" + n * 2).collect(Collectors.joining(","));
        Export export = client.await(server.post(
                "/$export",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"Observation\"},"
                        + "{\"name\":\"_typeFilter\",\"valueString\":\"Observation?_id=" + ids + "\"}]}",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async"));

        assertThat(export.all()).hasSize(MANY / 2);
        assertThat(export.manifest().toString()).contains("\"index\":true,\"read\":500,\"kept\":500");
    }

    /** The estimate reads what the export would. */
    @Test
    void anEstimateLooksUpToo() {
        HttpResponse<String> estimate = server.get("/$export-estimate?_type=Observation&_typeFilter="
                + URLEncoder.encode("Observation?patient=p7,p8", StandardCharsets.UTF_8));

        assertThat(estimate.body())
                .contains("\"count\",\"valueDecimal\":20")
                .contains("\"exact\",\"valueBoolean\":true");
    }

    private Export export(String filter) {
        return client.export(
                "/$export?_type=Observation&_typeFilter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
    }
}
