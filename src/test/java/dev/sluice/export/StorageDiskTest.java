package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.FileLimit;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A folder that takes no more in the middle of an export: it ends within seconds, says what to do, and leaves nothing. */
@IntegrationTest
@Tag(FaultTally.TAG)
class StorageDiskTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path root;

    private SluiceServer server;
    private ExportClient client;

    @BeforeEach
    void load() {
        server = SluiceServer.start("--sluice.storage.local.root=" + root, "--sluice.export.file-size=2MB");
        client = new ExportClient(server);
        String text = "x".repeat(2_000);
        Ward.load(
                server,
                IntStream.range(0, 3_000)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\"" + text
                                + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void fullDiskEndsTheExportAndTheNextOneIsWholeWhenThereIsRoom() throws Exception {
        Export undisturbed = client.export("/$export");
        try (FileLimit limit = FileLimit.of(1_000_000)) {
            assertThat(limit).isNotNull();

            HttpResponse<String> end = end("/$export?_container=daily");

            assertThat(outcome(500, end))
                    .singleElement()
                    .asString()
                    .contains("The export has failed", "Cannot write 'daily/", "raise the limit");
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(files(root.resolve("daily"))).isEmpty();
                assertThat(files(root.resolve(".staging"))).isEmpty();
            });
        }

        Export next = client.export("/$export?_container=daily&_until=" + undisturbed.transactionTime());

        FaultTally.of(StorageDiskTest.class).fault();
        FaultTally.of(StorageDiskTest.class).export(undisturbed.all(), next.all());
    }

    @Test
    void removedFolderEndsTheExportAndDoesNotComeBack() {
        HttpResponse<String> end;
        int tries = 0;
        do { // an export may be through before its folder is removed
            HttpResponse<String> kickOff = client.kickOff("/$export?_container=daily");
            FileSystemUtils.deleteRecursively(root.resolve("daily").toFile());
            end = client.awaitEnd(
                    kickOff.headers().firstValue("Content-Location").orElseThrow());
        } while (end.statusCode() == 200 && ++tries < 10);

        assertThat(outcome(500, end)).singleElement().asString().contains("start again");
        assertThat(root.resolve("daily")).doesNotExist();
        FaultTally.of(StorageDiskTest.class).fault();
    }

    private HttpResponse<String> end(String path) {
        HttpResponse<String> kickOff = client.kickOff(path);
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        long start = System.nanoTime();
        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        return end;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
