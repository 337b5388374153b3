package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP and FHIR ask of every answer: formats, caching, conditions. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class HttpRulesTest {
    private static final String FHIR = "application/fhir+json";
    private static final String PATIENT = "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"gender\":\"%s\"}";

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        String body = "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                + "\"valueQuantity\":{\"value\":1.00}}";
        assertThat(server.put("/Observation/o", FHIR, body).statusCode()).isEqualTo(201);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "application/json", "application/fhir+json", "application/fhir%2Bjson", "JSON"})
    void eachNameOfJsonIsAFormat(String format) {
        assertThat(server.get("/metadata?_format=" + format).statusCode()).isEqualTo(200);
        assertThat(server.get("/Observation/o?_format=" + format, "Accept", "text/html")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.get("/Group?_format=" + format).statusCode()).isEqualTo(200);
        assertThat(server.get("/$export?_type=Patient&_format=" + format, "Prefer", "respond-async")
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({
        "/metadata?_format=xml, 406, is not supported",
        "/$export?_format=ndjson, 406, _outputFormat",
        "/Group?_format=json&_format=ttl, 406, is not supported",
        "/metadata?_pretty=maybe, 400, neither true nor false"
    })
    void aFormatThatCannotBeGivenIsRefused(String path, int status, String words) {
        HttpResponse<String> answer = server.get(path.replace(" ", "%20"), "Accept", FHIR, "Prefer", "respond-async");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"OperationOutcome\"", words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/metadata", "/Observation/o", "/Group", "/no/such/path/here", "/OperationDefinition/export"})
    void anAnswerIsIndentedIfItIsToBePretty(String path) {
        HttpResponse<String> plain = server.get(path);
        HttpResponse<String> pretty = server.get(path + "?_pretty=true");

        assertThat(pretty.statusCode()).isEqualTo(plain.statusCode());
        assertThat(pretty.body()).startsWith("{\n  \"resourceType\" : ");
        assertThat(server.get(path + "?_pretty=false").body().lines().count()).isEqualTo(1);
        if (path.equals("/Observation/o")) {
            assertThat(pretty.body()).contains("\"value\" : 1.00");
        }
    }

    @Test
    void noAnswerIsKeptByACacheOrGuessedByABrowser() {
        HttpResponse<String> kickOff = client.kickOff("/$export?_type=Observation");
        HttpResponse<String> manifest =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        HttpResponse<String> file = server.get(client.download(manifest)
                .manifest()
                .path("output")
                .path(0)
                .path("url")
                .asString());

        assertThat(manifest.headers().firstValue("Expires").orElseThrow())
                .matches("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT");
        assertThat(file.statusCode()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(
                kickOff,
                manifest,
                file,
                server.get("/metadata"),
                server.get("/Observation/o"),
                server.get("/Observation/none"),
                server.get(server.root() + "/nowhere"))) {
            assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
            assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        }
    }

    @Test
    void aResourceThatMustNotExistIsCreatedOnce() {
        assertThat(put("once", "male", "If-None-Match", "*").statusCode()).isEqualTo(201);
        HttpResponse<String> again = put("once", "female", "If-None-Match", "*");

        assertThat(again.statusCode()).isEqualTo(412);
        assertThat(again.body()).contains("If-None-Match: *", "version 1 is current");
        assertThat(server.get("/Patient/once").body()).contains("male").doesNotContain("female");
        assertThat(server.delete("/Patient/once").statusCode()).isEqualTo(204);
        assertThat(put("once", "other", "If-None-Match", "*").statusCode()).isEqualTo(201);
        assertThat(put("once", "male", "If-None-Match", "W/\"3\"").statusCode()).isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "W/\"1\" | 200",
                "\"1\" | 200",
                "W/\"9\", W/\"1\" | 200",
                "* | 200",
                "W/\"9\" | 412",
                "W/\"0\" | 412",
                "1 | 400",
                "W/\"1\" W/\"2\" | 400"
            })
    void anUpdateOfAVersionIsMadeOnThatVersion(String condition, int status) {
        String id = "m" + Integer.toHexString(condition.hashCode());
        assertThat(put(id, "male").statusCode()).isEqualTo(201);

        assertThat(put(id, "female", "If-Match", condition).statusCode()).isEqualTo(status);
    }

    @Test
    void anUpdateOfWhatDoesNotExistIsNoCreate() {
        assertThat(put("absent", "male", "If-Match", "*").statusCode()).isEqualTo(412);
        assertThat(put("absent", "male", "If-Match", "W/\"0\"").statusCode()).isEqualTo(412);
        assertThat(put("absent", "male", "If-Match", "*", "If-None-Match", "*").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aBundleHasTheSameConditions() {
        assertThat(put("bundled", "male").statusCode()).isEqualTo(201);
        String entry = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":"
                + PATIENT.formatted("bundled", "female")
                + ",\"request\":{\"method\":\"PUT\",\"url\":\"Patient/bundled\",\"ifNoneMatch\":\"*\"}}]}";

        assertThat(server.post("", FHIR, entry).statusCode()).isEqualTo(412);
    }

    @Test
    void aReadWithAConditionThatFailsSaysSo() {
        assertThat(server.get("/Observation/o", "If-Match", "\"7\"").statusCode())
                .isIn(200, 412);
        assertThat(server.get("/Observation/o", "If-None-Match", "W/\"1\"").statusCode())
                .isEqualTo(304);
        assertThat(server.get("/Observation/o", "If-None-Match", "\"1\"").statusCode())
                .isEqualTo(304);
        assertThat(server.send("HEAD", "/Observation/o", BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> put(String id, String gender, String... headers) {
        return server.put("/Patient/" + id, FHIR, PATIENT.formatted(id, gender), headers);
    }
}
