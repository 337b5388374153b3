package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What clients of Azure's servers put into an import's request, on a server that may read every file. */
@IntegrationTest
class ImportRequestTest {
    private static final String FORMAT = "{\"name\":\"inputFormat\",\"valueString\":\"application/fhir+ndjson\"}";
    private static final String SIGNATURE = "c2lnbmF0dXJl";

    @TempDir
    static Path folder;

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.import.root=/");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void oneFileMayHoldSeveralTypesIfNoneIsNamed() throws IOException {
        Path mixed = Files.writeString(folder.resolve("mixed.ndjson"), """
                {"resourceType":"Patient","id":"m1"}
                {"resourceType":"Observation","id":"m1"}
                """);

        HttpResponse<String> accepted = post(FORMAT + ",{\"name\":\"mode\",\"valueString\":\"INCREMENTALLOAD\"},"
                + input(mixed.toUri().toString()));

        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        assertThat(accepted.body()).isEmpty();
        assertThat(result(accepted).path("output"))
                .hasToString("[{\"count\":2,\"inputUrl\":\"" + mixed.toUri() + "\"}]");
        assertThat(server.get("/Observation/m1").statusCode()).isEqualTo(200);
    }

    @Test
    void optionsOfAzureAreToldToHaveNoEffect() throws IOException {
        Path one = Files.writeString(folder.resolve("one.ndjson"), "{\"resourceType\":\"Patient\",\"id\":\"o1\"}\n");

        HttpResponse<String> accepted = post(FORMAT + """
                ,{"name":"mode","valueString":"initialLoad"},{"name":"allowNegativeVersions","valueBoolean":true},
                {"name":"eventualConsistency","valueBoolean":true},{"name":"force","valueBoolean":true},
                {"name":"processingUnitBytesToRead","valueInteger":100000000},
                {"name":"errorContainerName","valueString":"errors"},
                """ + input(one.toUri().toString()));

        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        JsonNode outcome = FhirJson.MAPPER.readTree(accepted.body());
        assertThat(outcome.path("resourceType").asString()).isEqualTo("OperationOutcome");
        assertThat(outcome.findValuesAsString("severity")).hasSize(5).containsOnly("information");
        assertThat(outcome.findValuesAsString("diagnostics"))
                .allMatch(why -> why.contains("has no effect"))
                .anyMatch(why -> why.contains("'allowNegativeVersions'"))
                .anyMatch(why -> why.contains("'errorContainerName'") && why.contains("'import-errors'"));
        assertThat(result(accepted).path("output").path(0).path("count").asInt())
                .isEqualTo(1);
    }

    @Test
    void namesThatNobodyKnowsAreRefusedWithTheNearest() {
        HttpResponse<String> refused = post(FORMAT + """
                ,{"name":"mod","valueString":"InitialLoad"},
                {"name":"input","part":[{"name":"uri","valueUri":"file:///none"}]}""");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(FhirJson.MAPPER.readTree(refused.body()).findValuesAsString("diagnostics"))
                .satisfiesExactly(
                        why -> assertThat(why)
                                .contains("'mod' is not supported")
                                .contains("did you mean 'mode'"),
                        why -> assertThat(why).startsWith("input 1: ").contains("did you mean 'url'"));
    }

    @Test
    void aSignatureIsRefusedAndStandsNowhere() throws IOException {
        Path file =
                Files.writeString(folder.resolve("signed.ndjson"), "{\"resourceType\":\"Patient\",\"id\":\"s1\"}\n");
        String[] urls = {
            "https://account.blob.core.windows.net/in/Patient.ndjson?sv=2024-11-04&sig=" + SIGNATURE,
            file.toUri() + "?sig=" + SIGNATURE,
            "https://account.blob.core.windows.net/in/a b.ndjson?sig=" + SIGNATURE,
            "https://account.blob.core.windows.net/in/Patient.ndjson#" + SIGNATURE,
            "https://user:" + SIGNATURE + "@account.blob.core.windows.net/in/Patient.ndjson"
        };

        for (String url : urls) {
            HttpResponse<String> refused = post(FORMAT + "," + input(url));

            assertThat(refused.statusCode()).as(url).isEqualTo(400);
            assertThat(refused.body()).contains(".ndjson' came with a query").doesNotContain(SIGNATURE);
        }
        assertThat(server.bean(JdbcTemplate.class)
                        .queryForObject("select count(*) from job where payload::text like '%signed%'", Integer.class))
                .isZero();
    }

    @Test
    void aJobThatHoldsASignatureFromAnOlderVersionDoesNotShowIt() {
        ImportJob.Input old = FhirJson.MAPPER.readValue(
                "{\"type\":\"Patient\",\"url\":\"https://a.blob.core.windows.net/in/p.ndjson?sig=" + SIGNATURE + "\"}",
                ImportJob.Input.class);

        assertThat(old.url()).isEqualTo("https://a.blob.core.windows.net/in/p.ndjson");
    }

    @Test
    void tooManyBadLinesEndALoadSoonWhateverFollows() {
        String lines = "{\"resourceType\":\"Patient\",\"id\":\"before\"}\n" + "x\n".repeat(200_000);

        HttpResponse<String> refused = server.post("/$import", "application/fhir+ndjson", lines);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(FhirJson.MAPPER.readTree(refused.body()).findValuesAsString("diagnostics"))
                .hasSize(7)
                .anyMatch(why -> why.contains("at line 10002: it has more than 10000 bad lines."))
                .anyMatch(why -> why.startsWith("Of the lines before that, 1 are loaded and stay"))
                .anyMatch(why -> why.startsWith("Line 2: "));
        assertThat(server.get("/Patient/before").statusCode()).isEqualTo(200);
    }

    @Test
    void tooManyBadLinesOfAFileFailItsJob() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.ndjson"), "x\n".repeat(20_000));

        String why = result(post(FORMAT + "," + input(bad.toUri().toString())))
                .findValuesAsString("diagnostics")
                .get(0);

        assertThat(why).contains("bad.ndjson").contains("at line 10001").contains("sluice.import.max-bad-lines");
    }

    private static HttpResponse<String> post(String parameters) {
        return server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[" + parameters + "]}",
                "Prefer",
                "respond-async");
    }

    private static String input(String url) {
        return "{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\"" + url + "\"}]}";
    }

    private static JsonNode result(HttpResponse<String> accepted) {
        String location = accepted.headers().firstValue("Content-Location").orElse("");
        await().atMost(Duration.ofSeconds(30)).until(() -> server.get(location).statusCode() != 202);
        return FhirJson.MAPPER.readTree(server.get(location).body());
    }
}
