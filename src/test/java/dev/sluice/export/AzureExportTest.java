package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same into Azure Blob Storage, and the ways to download from there. */
@IntegrationTest
class AzureExportTest extends ExportContract {
    @BeforeAll
    static void startAzurite() {
        AzuriteServer.shared();
    }

    @Override
    String[] storage() {
        return azure("server");
    }

    @Test
    void signedUrlsOpenAsTheyAreAndAreMadeAnew() {
        try (SluiceServer signing = SluiceServer.start(azure("sas"))) {
            signing.put("/Patient/ann", "application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"ann\"}");

            ExportClient.Export export = new ExportClient(signing).export("/$export");

            assertThat(export.keys()).containsExactly("Patient/ann");
            assertThat(export.manifest().path("requiresAccessToken").asBoolean())
                    .isFalse();
            assertThat(export.manifest().path("output").path(0).path("url").asString())
                    .startsWith("http://127.0.0.1:")
                    .contains("sig=");
            String file = export.job() + "/files/Patient-1.ndjson";
            assertThat(signing.get(file).statusCode()).isEqualTo(200);
            HttpResponse<String> redirected = signing.get(file + "?redirect=true");
            assertThat(redirected.statusCode()).isEqualTo(302);
            String location = redirected.headers().firstValue("Location").orElseThrow();
            assertThat(location).contains("sig=");
            assertThat(signing.get(location).body()).contains("\"ann\"");
            await().until(() ->
                    !signing.get(export.job()).body().equals(export.manifest().toString()));
        }
    }

    @Test
    void directUrlsAreThoseOfTheStorage() {
        try (SluiceServer direct = SluiceServer.start(azure(""))) {
            direct.put("/Patient/ann", "application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"ann\"}");
            String job = new ExportClient(direct)
                    .kickOff("/$export?_container=direct")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();

            String manifest = new ExportClient(direct).awaitEnd(job).body();

            assertThat(manifest)
                    .containsPattern(
                            "\"url\":\"http://127.0.0.1:\\d+/devstoreaccount1/direct/[^?\"]+/Patient-1.ndjson\"")
                    .contains("\"requiresAccessToken\":false");
        }
    }

    private static String[] azure(String download) {
        return new String[] {
            "--sluice.storage.kind=azure",
            "--sluice.storage.azure.connection-string=" + AzuriteServer.shared().connectionString(),
            "--sluice.storage.download=" + download // empty: none is set
        };
    }
}
