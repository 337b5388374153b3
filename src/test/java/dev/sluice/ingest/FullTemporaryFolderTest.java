package dev.sluice.ingest;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.SmallDisk;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large requests and responses while the disk of the temporary files is full. */
@IntegrationTest
class FullTemporaryFolderTest {
    private static final int DISK = 40;
    private static final int MB = 1 << 20;
    private static final String FHIR = "application/fhir+json";

    @TempDir
    private Path home;

    private SmallDisk disk;
    private SluiceServer server;

    @BeforeEach
    void start() throws IOException {
        disk = SmallDisk.mount(home.resolve("tmp"), DISK);
        server = SluiceServer.start("--sluice.home=" + home);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void largeRequestsAreRefusedUntilThereIsRoomAgain() throws IOException {
        assertThat(put("before").statusCode()).isEqualTo(201);
        Path filler = home.resolve("tmp").resolve("filler");
        Files.write(filler, new byte[DISK * MB - MB]);

        HttpResponse<String> refused = put("during");
        HttpResponse<String> small = server.put("/Basic/small", FHIR, resource("small", 10));
        HttpResponse<String> read = server.get("/Basic/before");

        assertThat(outcome(503, refused)).singleElement().asString().contains("no room", "Free some space");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(small.statusCode()).isEqualTo(201);
        assertThat(outcome(503, read)).singleElement().asString().contains("no room");
        assertThat(server.get("/Basic/during").statusCode()).isEqualTo(404);

        Files.delete(filler);
        assertThat(put("during").statusCode()).isEqualTo(201);
        assertThat(server.get("/Basic/before").body()).hasSizeGreaterThan(3 * MB);
        try (var left = Files.list(home.resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    private HttpResponse<String> put(String id) {
        return server.put("/Basic/" + id, FHIR, resource(id, 3 * MB));
    }

    private static String resource(String id, int length) {
        return "{\"resourceType\":\"Basic\",\"id\":\"" + id + "\",\"code\":{\"text\":\"" + "x".repeat(length) + "\"}}";
    }
}
