package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

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
        try (SluiceServer signing = SluiceServer.start(azure("sas", "--sluice.audit.enabled=true"))) {
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
            assertThat(signing.send("HEAD", file + "?redirect=true", BodyPublishers.noBody())
                            .statusCode())
                    .isEqualTo(302);
            assertThat(signing.bean(JdbcTemplate.class)
                            .queryForObject(
                                    "select count(*) from audit_event where activity = 'FILE_GIVEN'", Integer.class))
                    .as("the file itself, and two URLs of it")
                    .isEqualTo(3);
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

    private static String[] azure(String download, String... more) {
        String[] settings = {
            "--sluice.storage.kind=azure",
            "--sluice.storage.azure.connection-string=" + AzuriteServer.shared().connectionString(),
            "--sluice.storage.download=" + download // empty: none is set
        };
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }
}
