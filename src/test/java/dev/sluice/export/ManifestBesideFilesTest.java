package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlob;
import dev.sluice.blob.StoredBlobs;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.Jobs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whoever finds the files without asking the server finds the manifest with them. */
@SlowTest
class ManifestBesideFilesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/$export?_container=kept",
                "/$export?_container=kept&organizeOutputBy=Patient",
                "/$export?_container=kept&_type=Basic",
                "/$export?_container=kept&allowPartialManifests=true"
            })
    void itIsTheOneThatIsServedWithTheNamesOfTheFiles(String path) throws IOException {
        try (SluiceServer server = SluiceServer.start("--sluice.export.compression=gzip-files")) {
            Ward.load(server);
            Export export = new ExportClient(server).export(path);
            List<BlobPath> stored = StoredBlobs.in(server.bean(BlobStore.class), "kept");

            ObjectNode beside = read(server, stored.get(stored.size() - 1));

            for (JsonNode item : beside.path("output")) {
                assertThat(stored)
                        .extracting(BlobPath::name)
                        .contains(item.path("url").asString());
            }
            assertThat(beside.toString()).isEqualTo(export.manifest().toString().replace(export.job() + "/files/", ""));
            assertThat(export.manifest().toString()).doesNotContain("manifest.json");
            assertThat(server.get(export.job() + "/files/manifest.json").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void itGoesWithTheFiles() {
        try (SluiceServer server = SluiceServer.start()) {
            Ward.load(server);
            Export export = new ExportClient(server).export("/$export");
            String id = export.job().substring(export.job().lastIndexOf('/') + 1);
            String container = LocationAndHeader.of(server.bean(Jobs.class)
                            .find(ExportHandler.KIND, id, "")
                            .orElseThrow())
                    .location()
                    .container();
            assertThat(StoredBlobs.in(server.bean(BlobStore.class), container))
                    .extracting(BlobPath::name)
                    .contains("manifest.json");

            server.delete(export.job());

            await().until(() ->
                    StoredBlobs.in(server.bean(BlobStore.class), container).isEmpty());
        }
    }

    /** As a pipeline of Azure API for FHIR reads it, with the key of the account in place of its identity. */
    @Test
    void inAStorageAccountItIsTheOneThatIsServed() throws Exception {
        try (SluiceServer server = SluiceServer.start(
                "--sluice.storage.kind=azure",
                "--sluice.storage.azure.connection-string="
                        + AzuriteServer.shared().connectionString(),
                "--sluice.export.compression=gzip-files")) {
            Ward.load(server);
            String container = "beside-" + System.nanoTime();
            ObjectNode manifest = new ExportClient(server).manifest("/$export?_type=Patient&_container=" + container);
            BlobStore blobs = server.bean(BlobStore.class);
            List<BlobPath> stored = StoredBlobs.in(blobs, container);

            assertThat(stored).extracting(BlobPath::name).containsExactly("Patient-1.ndjson.gz", "manifest.json");
            assertThat(read(server, stored.get(1)).toString()).isEqualTo(manifest.toString());
            assertThat(manifest.path("output").path(0).path("url").asString())
                    .isEqualTo(blobs.uri(stored.get(0)).toString());
            assertThat(contentType(blobs, stored.get(0))).isEqualTo("application/gzip");
            assertThat(contentType(blobs, stored.get(1))).isEqualTo("application/json");
            blobs.deleteContainer(container);
        }
    }

    private static String contentType(BlobStore blobs, BlobPath path) throws Exception {
        URI signed = blobs.signedUri(path, Duration.ofMinutes(1));
        var answer =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(signed).build(), BodyHandlers.discarding());
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    private static ObjectNode read(SluiceServer server, BlobPath path) throws IOException {
        assertThat(path.name()).isEqualTo("manifest.json");
        try (StoredBlob blob = server.bean(BlobStore.class).open(path, 0, BlobStore.TO_THE_END)) {
            return FhirJson.parseObject(blob.content().readAllBytes());
        }
    }
}
