package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.ingest.Gzip;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code $import} with the data in the request's own body. */
@IntegrationTest
class ImportControllerTest {
    private static final String NDJSON = "application/fhir+ndjson";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+ndjson", "application/x-ndjson", "application/ndjson; charset=utf-8"})
    void everyLineBecomesAResource(String contentType) {
        String id = Integer.toHexString(contentType.hashCode());
        String lines = "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n\r\n"
                + "{ \"resourceType\":\"Observation\", \"id\":\"" + id + "\", \"x\":1.00 }\r\n";

        HttpResponse<String> response = server.post("/$import", contentType, lines);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/fhir+json");
        assertThat(count(response, "lines")).isEqualTo(2);
        assertThat(count(response, "created")).isEqualTo(2);
        assertThat(count(response, "failed")).isZero();
        assertThat(server.get("/Observation/" + id).body())
                .startsWith("{\"resourceType\":\"Observation\",\"id\":\"" + id + "\",\"meta\":{\"versionId\":\"1\"")
                .endsWith("},\"x\":1.00}");
    }

    @Test
    void withoutARootNoFileIsRead() {
        HttpResponse<String> refused = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":["
                        + "{\"name\":\"inputFormat\",\"valueString\":\"application/fhir+ndjson\"},"
                        + "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"Patient\"},"
                        + "{\"name\":\"url\",\"valueUri\":\"file:///data/Patient.ndjson\"}]}]}",
                "Prefer",
                "respond-async");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("sluice.import.root");
    }

    @Test
    void theRequestMustWantToWait() {
        HttpResponse<String> refused =
                server.post("/$import", "application/fhir+json", "{\"resourceType\":\"Parameters\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Prefer: respond-async");
    }

    @Test
    void aJobThatIsNotThereIsNotFound() {
        assertThat(server.get("/_operations/import/1").statusCode()).isEqualTo(404);
        assertThat(server.get("/_operations/import/00000000-0000-0000-0000-000000000000")
                        .statusCode())
                .isEqualTo(404);
        assertThat(server.delete("/_operations/import/00000000-0000-0000-0000-000000000000")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void loadingAgainChangesOnlyWhatIsOther() {
        server.post("/$import", NDJSON, patient("again-1", true) + patient("again-2", true));

        HttpResponse<String> response = server.post(
                "/$import", NDJSON, patient("again-1", true) + patient("again-2", false) + patient("again-3", true));

        assertThat(count(response, "unchanged")).isEqualTo(1);
        assertThat(count(response, "updated")).isEqualTo(1);
        assertThat(count(response, "created")).isEqualTo(1);
        assertThat(server.get("/Patient/again-2").headers().firstValue("ETag")).contains("W/\"2\"");
    }

    @Test
    void theLastLineOfAResourceWins() {
        HttpResponse<String> response = server.post(
                "/$import", NDJSON, patient("twice", true) + patient("once", true) + patient("twice", false));

        assertThat(count(response, "created")).isEqualTo(2);
        assertThat(count(response, "updated")).isEqualTo(1);
        assertThat(server.get("/Patient/twice").body()).contains("\"active\":false");
    }

    @Test
    void badLinesAreNamedAndTheOthersLoaded() {
        String lines = patient("good-1", true)
                + "{\"resourceType\":\"Patient\"}\n"
                + "\n"
                + "{\"resourceType\":\"Patients\",\"id\":\"p\"}\n"
                + "{\"resourceType\":\"Patient\",\"id\":\"p\",}\n"
                + patient("good-2", true).strip();

        HttpResponse<String> response = server.post("/$import", NDJSON, lines);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(count(response, "lines")).isEqualTo(5);
        assertThat(count(response, "failed")).isEqualTo(3);
        assertThat(json(response).findValuesAsString("diagnostics"))
                .hasSize(3)
                .satisfiesExactly(
                        why -> assertThat(why).startsWith("Line 2: The Patient has no 'id'"),
                        why -> assertThat(why).startsWith("Line 4: 'Patients' is not a FHIR R4 resource type"),
                        why -> assertThat(why).startsWith("Line 5: The text is not valid JSON"));
        assertThat(server.get("/Patient/good-1").statusCode()).isEqualTo(200);
        assertThat(server.get("/Patient/good-2").statusCode()).isEqualTo(200);
    }

    @Test
    void noGoodLineIsAnError() {
        HttpResponse<String> response = server.post("/$import", NDJSON, "this is\nno NDJSON\n");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("OperationOutcome")
                .contains("Line 1: ")
                .contains("Line 2: ");
        assertThat(server.post("/$import", NDJSON, "").statusCode()).isEqualTo(200);
    }

    @Test
    void ofVeryManyBadLinesTheFirstThousandAreTold() {
        String lines = patient("rare", true) + "{}\n".repeat(1_500);

        HttpResponse<String> response = server.post("/$import", NDJSON, lines);

        assertThat(count(response, "failed")).isEqualTo(1_500);
        assertThat(json(response).findValuesAsString("diagnostics")).hasSize(1_000);
    }

    @Test
    void moreThanOneBatchIsLoadedInOrder() {
        String lines = IntStream.range(0, 5_000)
                .mapToObj(i -> patient("many-" + i % 4_500, i < 4_500))
                .collect(Collectors.joining());

        HttpResponse<String> response = server.post("/$import", NDJSON, lines);

        assertThat(count(response, "created")).isEqualTo(4_500);
        assertThat(count(response, "updated")).isEqualTo(500);
        assertThat(server.get("/Patient/many-0").body()).contains("\"active\":false");
        assertThat(server.get("/Patient/many-4499").body()).contains("\"active\":true");
    }

    @Test
    void packedDataIsUnpackedWhateverItsMembers() {
        byte[] packed = Gzip.pack(patient("gz-1", true), patient("gz-2", true), patient("gz-3", true));

        HttpResponse<String> response = server.send(
                "POST",
                "/$import",
                BodyPublishers.ofByteArray(packed),
                "Content-Type",
                NDJSON,
                "Content-Encoding",
                "gzip");

        assertThat(count(response, "created")).isEqualTo(3);
    }

    @Test
    void aMemberThatComesLateIsWaitedFor() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        InputStream in = new PipedInputStream(out, 1 << 16);
        Thread sender = new Thread(() -> {
            try (out) {
                for (int i = 1; i <= 3; i++) {
                    out.write(Gzip.pack(patient("late-" + i, true)));
                    out.flush();
                    Thread.sleep(200);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sender.start();

        HttpResponse<String> response =
                server.send("POST", "/$import", BodyPublishers.ofInputStream(() -> in), "Content-Type", NDJSON);

        sender.join();
        assertThat(count(response, "created")).isEqualTo(3);
    }

    @Test
    void otherContentIsRefused() {
        assertThat(server.post("/$import", "text/csv", "a,b").statusCode()).isEqualTo(415);
        assertThat(server.post("/$import", "text/csv", "a,b").body()).contains(NDJSON);
        assertThat(server.send(
                                "POST",
                                "/$import",
                                BodyPublishers.ofString(patient("br", true)),
                                "Content-Type",
                                NDJSON,
                                "Content-Encoding",
                                "br")
                        .statusCode())
                .isEqualTo(415);
    }

    private static String patient(String id, boolean active) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\",\"active\":" + active + "}\n";
    }

    private static JsonNode json(HttpResponse<String> response) {
        return FhirJson.MAPPER.readTree(response.body());
    }

    private static long count(HttpResponse<String> response, String name) {
        for (JsonNode parameter : json(response).path("parameter")) {
            if (parameter.path("name").asString().equals(name)) {
                return parameter.path("valueInteger").asLong();
            }
        }
        throw new AssertionError(response.body());
    }
}
