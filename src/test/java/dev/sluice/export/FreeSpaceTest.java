package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.SmallDisk;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many exports on a disk that has room for a few of them. */
@SlowTest
class FreeSpaceTest {
    private static final int DISK = 64;
    private static final long MB = 1 << 20;
    private static final int RESOURCES = 2_500;
    private static final int MANY = 20 * RESOURCES;
    private static final int KICK_OFFS = 30;

    @TempDir
    private Path home;

    private SmallDisk disk;
    private SluiceServer server;
    private ExportClient client;

    @BeforeEach
    void start() throws IOException {
        disk = SmallDisk.mount(root(), DISK);
        server = SluiceServer.start(
                "--sluice.home=" + home, "--sluice.storage.local.root=" + root(), "--sluice.export.file-size=1MB");
        client = new ExportClient(server);
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
    void exportsEndBeforeTheDiskIsFullAndSaySo() throws Exception {
        load(RESOURCES); // 5 MB
        List<String> complete = new ArrayList<>();
        List<HttpResponse<String>> ended = new ArrayList<>();
        List<HttpResponse<String>> refused = new ArrayList<>();
        for (int n = 0; n < KICK_OFFS; n++) {
            HttpResponse<String> kickOff = client.kickOff("/$export");
            assertThat(kickOff.statusCode()).as(kickOff.body()).isIn(202, 503);
            if (kickOff.statusCode() == 503) {
                refused.add(kickOff);
                continue;
            }
            String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
            HttpResponse<String> end = client.awaitEnd(job);
            if (end.statusCode() == 200) {
                complete.add(job);
            } else {
                ended.add(end);
            }
            assertThat(free()).as("a twentieth is kept free").isGreaterThan(DISK * MB / 20 - MB);
        }

        assertThat(complete).hasSizeBetween(8, DISK / 5);
        assertThat(ended.size() + refused.size()).isEqualTo(KICK_OFFS - complete.size());
        ended.forEach(end -> assertThat(outcome(500, end))
                .singleElement()
                .asString()
                .contains("no room", "kept free", "Free some space"));
        refused.forEach(
                answer -> assertThat(answer.headers().firstValue("Retry-After")).isPresent());
        complete.forEach(
                job -> assertThat(client.download(server.get(job)).all()).hasSize(RESOURCES));

        complete.forEach(job -> assertThat(server.delete(job).statusCode()).isEqualTo(202));
        await().atMost(Duration.ofSeconds(30)).until(() -> free() > (DISK - 1) * MB);
        assertThat(client.export("/$export").all()).hasSize(RESOURCES);
    }

    @Test
    void anExportThatDoesNotFitEndsBeforeItWritesAFile() throws Exception {
        load(MANY);

        HttpResponse<String> kickOff = client.kickOff("/$export?_container=daily");
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());

        assertThat(outcome(500, end))
                .singleElement()
                .asString()
                .containsPattern("no room for 10\\d MB")
                .contains("sluice.storage.local.min-free");
        assertThat(client.export("/$export?_type=Basic&_typeFilter=Basic%3F_id=b1")
                        .all())
                .as("which is smaller than the rows that it may read")
                .hasSize(1);
    }

    private void load(int count) {
        String text = "x".repeat(2_000);
        Ward.load(
                server,
                IntStream.range(0, count)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\"" + text
                                + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    private Path root() {
        return home.resolve("disk");
    }

    private long free() throws IOException {
        return Files.getFileStore(root()).getUsableSpace();
    }
}
