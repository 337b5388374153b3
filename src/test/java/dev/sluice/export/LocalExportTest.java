package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Exports into a folder, and what downloads through the server can do. */
@IntegrationTest
class LocalExportTest extends ExportContract {
    @Test
    void aDownloadCanBeContinuedByRange() {
        Export export = client.export("/$export?_type=Patient");
        String url = export.manifest().path("output").path(0).path("url").asString();
        HttpResponse<String> whole = server.get(url);
        String etag = whole.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> rest = server.get(url, "Range", "bytes=10-", "If-Range", etag);
        HttpResponse<String> changed = server.get(url, "Range", "bytes=10-", "If-Range", "\"another\"");
        HttpResponse<String> beyond = server.get(url, "Range", "bytes=999999-");

        assertThat(whole.headers().firstValue("Content-Type")).contains("application/fhir+ndjson");
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(whole.body().substring(10));
        assertThat(rest.headers().firstValue("Content-Range"))
                .contains("bytes 10-" + (whole.body().length() - 1) + "/"
                        + whole.body().length());
        assertThat(server.get(url, "Range", "bytes=-5").body())
                .isEqualTo(whole.body().substring(whole.body().length() - 5));
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(beyond.statusCode()).isEqualTo(416);
        assertThat(server.get(url, "If-None-Match", etag).statusCode()).isEqualTo(304);
    }

    @Test
    void onlyFilesOfTheManifestAreServed() {
        Export export = client.export("/$export?_type=Patient");

        assertThat(server.get(export.job() + "/files/Group-1.ndjson").statusCode())
                .isEqualTo(404);
        assertThat(server.get(export.job() + "/files/..%2f..%2fpg_hba.conf").statusCode())
                .isBetween(400, 404);
    }

    @Test
    void storageThatCannotBeWrittenIsToldAtKickOffAndNoJobIsLeft(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("blobs"));
        try (SluiceServer broken = SluiceServer.start("--sluice.storage.local.root=" + file)) {
            HttpResponse<String> kickOff = new ExportClient(broken).kickOff("/$export");

            assertThat(outcome(500, kickOff))
                    .singleElement()
                    .asString()
                    .contains("No export can be written", "a file stands where a folder is needed", "under the id")
                    .doesNotContain(folder.toString());
            assertThat(broken.bean(JdbcTemplate.class).queryForObject("select count(*) from job", Integer.class))
                    .isZero();
        }
    }
}
