package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.JOB;
import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.BulkServer.linked;
import static dev.sluice.bulkclient.BulkServer.manifest;
import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Manifests whose files have the same names, or come in another order when they are read again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManifestPageTest {
    @TempDir
    private Path parent;

    private BulkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BulkServer(parent.resolve("export"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void errorsWithTheSameNameAreDifferentFilesAndThoseOfTheNextPageTheSame() throws IOException {
        String errors = "\"error\":[" + error("/Patient/1.ndjson") + "," + error("/Group/1.ndjson") + "]";
        String first = manifest(false).replace("\"error\":[]", errors);
        String second =
                manifest(false).replace("\"error\":[]", errors.replace("]", "," + error("/Device/1.ndjson") + "]"));
        server.stub
                .on(JOB, json(200, linked(first, server.stub.url("/pages/2"))))
                .on("/pages/2", json(200, second))
                .on("/Patient/1.ndjson", file(lines(1), ""))
                .on("/Group/1.ndjson", file(lines(2), ""))
                .on("/Device/1.ndjson", file(lines(3), ""));

        BulkExport.Result result = server.run();

        assertThat(result.files()).extracting(DownloadedFile::lines).containsExactly(1L, 2L, 3L);
        JsonNode saved = parsed(server.text("manifest.json"));
        assertThat(saved.path("error")).hasSize(3);
        ReceivedManifest whole = ReceivedManifest.of(FhirJson.parseObject(bytes(first)), "first")
                .with(ReceivedManifest.of(FhirJson.parseObject(bytes(second)), "second"));
        assertThat(whole.items())
                .extracting(item -> item.url().replaceAll(".*://[^/]*", ""))
                .containsExactly("/Patient/1.ndjson", "/Group/1.ndjson", "/Device/1.ndjson");
    }

    @Test
    void manifestInAnotherOrderGivesEachFileItsOwnUrl() throws IOException {
        String[] old = {server.item("/1/a.ndjson", lines(40)), server.item("/1/b.ndjson", lines(30))};
        String[] renewed = {server.item("/2/b.ndjson", lines(30)), server.item("/2/a.ndjson", lines(40))};
        server.stub
                .on(JOB, json(200, manifest(false, old)), json(200, manifest(false, renewed)))
                .on("/1/a.ndjson", answer(403, "<Error>expired"))
                .on("/1/b.ndjson", answer(403, "<Error>expired"))
                .on("/2/a.ndjson", file(lines(40), ""))
                .on("/2/b.ndjson", file(lines(30), ""));

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.text("a.ndjson")).isEqualTo(lines(40));
        assertThat(server.text("b.ndjson")).isEqualTo(lines(30));
    }

    @Test
    void fileThatCannotBeToldFromOthersKeepsItsUrl() throws IOException {
        String old = manifest(false, server.item("/1/x", lines(2)), server.item("/1/x", lines(2)));
        String renewed = manifest(
                false, server.item("/2/y", lines(2)), server.item("/2/x", lines(2)), server.item("/3/x", lines(2)));
        server.stub.on(JOB, json(200, renewed));
        ServerSession session = new ServerSession(server.stub.url("/fhir"), TokenProvider.NONE);
        ManifestPage page = new ManifestPage(
                session,
                URI.create(server.stub.url(JOB)),
                ReceivedManifest.of(FhirJson.parseObject(bytes(old)), "old"));

        assertThat(page.renew(1, server.stub.url("/1/x"))).isFalse();
        assertThat(page.item(1).url()).isEqualTo(server.stub.url("/1/x"));
    }

    private String error(String path) {
        return "{\"type\":\"OperationOutcome\",\"url\":\"" + server.stub.url(path) + "\"}";
    }

    private static JsonNode parsed(String json) {
        return FhirJson.parseObject(bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
