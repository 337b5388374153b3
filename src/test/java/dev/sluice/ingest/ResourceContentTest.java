package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which forms resources are taken and given, and how large they may be. */
@IntegrationTest
class ResourceContentTest {
    private static final String FHIR = "application/fhir+json";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAttachmentOfTenMegabytesIsTaken() {
        String data = "QUJD".repeat(10 << 18);

        HttpResponse<String> created = put(
                "/Binary/big",
                "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"" + data + "\"}");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(server.get("/Binary/big").body()).endsWith(data + "\"}");
    }

    @Test
    void aLargeAttachmentDoesNotKeepFaultsElsewhereFromBeingFound() {
        String data = "QUJD".repeat(1 << 16);

        HttpResponse<String> refused = put(
                "/DocumentReference/big",
                "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"content\":[{\"attachment\":{\"data\":\""
                        + data + "\",\"colour\":\"red\"}}]}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("colour").hasSizeLessThan(1_000);
    }

    @Test
    void aResourceOfMoreThan64MegabytesIsRefused() {
        byte[] body = new byte[(64 << 20) + 1];

        HttpResponse<String> refused =
                server.send("PUT", "/Binary/huge", BodyPublishers.ofByteArray(body), "Content-Type", FHIR);

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("OperationOutcome").contains("64 MB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+json", "application/json", "application/fhir+json; charset=UTF-8"})
    void jsonIsTakenUnderEachOfItsNames(String contentType) {
        HttpResponse<String> response = server.put("/Patient/t", contentType, "{\"resourceType\":\"Patient\"}");

        assertThat(response.statusCode()).isIn(200, 201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+xml", "text/plain", "application/fhir+json; charset=ISO-8859-1", "json"})
    void otherContentIsRefused(String contentType) {
        HttpResponse<String> response = server.put("/Patient/t", contentType, "{\"resourceType\":\"Patient\"}");

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("OperationOutcome").contains(contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/fhir+json", "application/json", "*/*", "application/fhir+json;fhirVersion=4.0"})
    void jsonIsGivenUnderEachOfItsNames(String accept) {
        put("/Patient/acc", "{\"resourceType\":\"Patient\"}");

        assertThat(server.get("/Patient/acc", "Accept", accept).statusCode()).isEqualTo(200);
    }

    @Test
    void packedBodiesAreUnpacked() {
        byte[] packed = Gzip.pack("{\"resourceType\":\"Patient\",\"id\":\"zip\",\"active\":true}");

        HttpResponse<String> response = server.send(
                "PUT",
                "/Patient/zip",
                BodyPublishers.ofByteArray(packed),
                "Content-Type",
                FHIR,
                "Content-Encoding",
                "gzip");

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.body()).contains("\"active\":true");
    }

    private static HttpResponse<String> put(String path, String body) {
        return server.put(path, FHIR, body);
    }
}
