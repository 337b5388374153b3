package dev.sluice.web;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A client that asks for more than its share is told to come later, and others are served. */
@IntegrationTest
class ClientRatesTest {
    private static final String ALL = "system/*.*";

    @Test
    void requestsOfAClientAreLimitedWhateverTokenItSends() {
        try (SluiceServer server = KnownTokens.server("--sluice.security.requests-per-minute=20")) {
            HttpResponse<String> last = server.as(KnownTokens.of("loud", ALL)).get("/_operations/export/none");
            for (int n = 0; n < 20; n++) {
                last = server.as(KnownTokens.of("loud", ALL)).get("/_operations/export/none");
            }

            assertThat(outcome(429, last).toString()).contains("more than 20 requests", "requests-per-minute");
            assertThat(last.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
            assertThat(server.as(KnownTokens.of("loud", "system/Patient.c"))
                            .get("/_operations/export/none")
                            .statusCode())
                    .as("refused requests count too")
                    .isEqualTo(429);
            assertThat(server.as(KnownTokens.of("quiet", ALL))
                            .get("/_operations/export/none")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.get("/metadata").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void downloadsOfAClientAreLimitedInBytes() {
        try (SluiceServer server = KnownTokens.server("--sluice.security.download-bytes-per-day=100B")) {
            SluiceServer client = server.as(KnownTokens.of("large", ALL));
            client.put("/Patient/ann", "application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"ann\"}");
            HttpResponse<String> kickOff = new ExportClient(client).kickOff("/$export");
            HttpResponse<String> status = new ExportClient(client)
                    .awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
            ObjectNode manifest = FhirJson.parseObject(status.body().getBytes(StandardCharsets.UTF_8));
            String file = manifest.path("output").path(0).path("url").asString();

            assertThat(client.get(file, "Range", "bytes=0-9").statusCode()).isEqualTo(206);
            assertThat(client.get(file).statusCode()).as("90 bytes are left").isEqualTo(200);
            HttpResponse<String> refused = client.get(file);
            assertThat(outcome(429, refused).toString()).contains("more than 100 bytes", "download-bytes-per-day");
            assertThat(refused.headers().firstValue("Retry-After").orElseThrow())
                    .matches("[1-9][0-9]*");
            assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(client.get(status.uri().toString()).statusCode()).isEqualTo(200);
        }
    }
}
