package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.StubServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are compressed, or not what the manifest states. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileContentTest {
    private static final String CONTENT = lines(50);
    private static final String PATH = "/files/Patient-1.ndjson";
    private static final String NAME = "Patient-1.ndjson";

    @TempDir
    private Path parent;

    private BulkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BulkServer(parent.resolve("export"));
        server.complete(server.item(PATH, CONTENT));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void contentThatIsNotAsStatedIsDownloadedOnceMore() throws IOException {
        server.stub.on(PATH, file(lines(49), "\"v1\""), file(CONTENT, "\"v2\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(server.notes).anyMatch(note -> note.contains("count is 49, stated is 50"));
        assertThat(server.names()).containsExactly(NAME, "manifest.json");
    }

    @Test
    void aTableIsComparedWithItsHashAndNotReadAsLines() throws IOException {
        String path = "/files/Patient-1.parquet";
        String table = "PAR1\nrows\nand no JSON\nPAR1";
        server.complete(server.item(path, table));
        server.stub.on(path, file(table.replace("rows", "ROWS"), "\"v1\""), file(table, "\"v2\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.notes).anyMatch(note -> note.contains("sha256 is "));
        assertThat(server.names()).containsExactly("Patient-1.parquet", "manifest.json");
    }

    @Test
    void contentThatIsNeverAsStatedIsNotTakenForTheFile() throws IOException {
        String other = CONTENT.replace("p7", "q7");
        server.complete(server.item(PATH, CONTENT), server.item("/files/good.ndjson", CONTENT));
        server.stub.on(PATH, file(other, "\"v1\"")).on("/files/good.ndjson", file(CONTENT, ""));

        BulkExport.Result result = server.run();

        assertThat(result.faulty()).singleElement().satisfies(file -> {
            assertThat(file.name()).isEqualTo(NAME);
            assertThat(file.faults()).singleElement().asString().startsWith("sha256 is ");
        });
        assertThat(server.names()).containsExactly(NAME + ".wrong", "good.ndjson", "manifest.json");

        server.stub.on(PATH, file(CONTENT, "\"v3\""));
        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.names()).containsExactly(NAME, "good.ndjson", "manifest.json");
        assertThat(server.stub.requests("/files/good.ndjson")).hasSize(1);
    }

    @Test
    void fileThatEndsWithinALineIsFoundWithoutACount() throws IOException {
        server.complete("{\"type\":\"Patient\",\"url\":\"" + server.stub.url(PATH) + "\"}");
        server.stub.on(PATH, file(CONTENT.substring(0, CONTENT.length() - 5), ""));

        assertThat(server.run().faulty().get(0).faults())
                .singleElement()
                .asString()
                .startsWith("line 50 is no resource");
    }

    @Test
    void bodyWithoutEndIsReadNoFurtherThanTheManifestStates() throws IOException {
        byte[] block = lines(1000).getBytes(StandardCharsets.UTF_8);
        server.stub.on(PATH, (exchange, body) -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(block);
            }
        });

        assertThat(server.run().faulty().get(0).faults()).anyMatch(fault -> fault.startsWith("bytes is "));
        assertThat(Files.size(server.folder.resolve(NAME + ".wrong"))).isLessThan(300_000);
    }

    @Test
    void contentIsDecompressedNoFurtherThanTheManifestStates() throws IOException {
        byte[] bomb = gzip(CONTENT + lines(1).repeat(1 << 20));
        server.stub.on(PATH, answer(200, bomb, "Content-Encoding", "gzip"));

        assertThat(server.run().faulty().get(0).faults())
                .anySatisfy(fault -> assertThat(fault).matches("bytes is \\d{4,6}, stated is " + CONTENT.length()));
    }

    @Test
    void missingFileDoesNotHoldUpTheOthers() throws IOException {
        server.complete(server.item("/files/none.ndjson", CONTENT), server.item(PATH, CONTENT));
        server.stub.on(PATH, file(CONTENT, ""));

        assertThat(server.run().faulty())
                .singleElement()
                .satisfies(file -> assertThat(file.faults()).containsExactly("it does not exist on the server"));
        assertThat(server.names()).containsExactly(NAME, "manifest.json");
    }

    @Test
    void pageOfALoginIsNoFile() {
        server.stub.on(PATH, answer(200, "<html><title>Sign\n in</title>", "Content-Type", "text/html; charset=utf-8"));
        assertThatThrownBy(server::run).hasMessageContaining("gave an HTML page ('Sign in') in the place of NDJSON");

        server.stub.on(PATH, answer(200, "<!DOCTYPE html><title>Sorry</title>"));
        assertThat(server.run().faulty().get(0).faults()).contains("it is an HTML page ('Sorry')");
    }

    @Test
    void compressedTransferIsDecompressedAndACompressedFileIsNot() throws IOException {
        byte[] gzip = gzip(CONTENT);
        String stored = ",\"storedBytes\":" + gzip.length + ",\"storedSha256\":\"" + DigestUtils.sha256Hex(gzip) + "\"";
        server.complete(server.item(PATH, CONTENT, stored), server.item("/files/b.ndjson.gz", CONTENT, stored));
        server.stub
                .on(PATH, answer(200, gzip, "Content-Encoding", "gzip", "ETag", "\"z\""))
                .on("/files/b.ndjson.gz", answer(200, gzip, "Content-Type", "application/gzip"));

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(Files.readAllBytes(server.folder.resolve("b.ndjson.gz"))).isEqualTo(gzip);
        assertThat(server.names()).containsExactly(NAME, "b.ndjson.gz", "manifest.json");
        assertThat(server.stub.requests(PATH).get(0).header("Accept-encoding")).isEqualTo("gzip");

        server.stub.on(PATH, answer(200, Arrays.copyOf(gzip, gzip.length - 9)));
        restart();
        assertThat(server.run().faulty().get(0).faults())
                .singleElement()
                .asString()
                .contains("damaged");
    }

    @Test
    void namesThatLeaveTheFolderOrCollideAreNotUsed() throws IOException {
        server.complete(
                server.item("/a/..%2F..%2Fevil.ndjson", CONTENT),
                server.item("/a/one.ndjson", CONTENT),
                server.item("/b/ONE.ndjson", CONTENT),
                server.item("/download", CONTENT));
        for (String path : List.of("/a/../../evil.ndjson", "/a/one.ndjson", "/b/ONE.ndjson", "/download")) {
            server.stub.on(path, file(CONTENT, ""));
        }

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.names())
                .containsExactly("Patient-1.ndjson", "Patient-2.ndjson", "evil.ndjson", "manifest.json", "one.ndjson");
    }

    private void restart() {
        try (ExportFolder folder = ExportFolder.open(server.folder)) {
            folder.clear();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
