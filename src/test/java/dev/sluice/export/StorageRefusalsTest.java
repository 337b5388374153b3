package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.FaultyStorage;
import dev.sluice.blob.FaultyStorage.Request;
import dev.sluice.blob.StorageFault;
import dev.sluice.blob.StoredBlobs;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A storage that refuses for good in the middle of an export: it ends within seconds, and says what to do. */
@SlowTest
@Tag(FaultTally.TAG)
@TestInstance(Lifecycle.PER_CLASS)
class StorageRefusalsTest {
    private static final FaultTally TALLY = FaultTally.of(StorageRefusalsTest.class);
    private static final Duration SOON = Duration.ofSeconds(15);

    private FaultyStorage storage;
    private SluiceServer server;
    private ExportClient client;

    @BeforeAll
    void load() {
        storage = FaultyStorage.before(AzuriteServer.shared(), Duration.ofSeconds(3));
        server = SluiceServer.start(
                "--sluice.storage.kind=azure",
                "--sluice.storage.download=server",
                "--sluice.storage.azure.connection-string=" + storage.connectionString(),
                "--sluice.export.workers=2",
                "--sluice.export.file-size=20KB");
        client = new ExportClient(server);
        Ward.load(
                server,
                IntStream.range(0, 4_000)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\"x\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void repairStorage() {
        storage.listen(request -> {});
        storage.pass();
    }

    @AfterAll
    void stop() {
        server.close();
        storage.close();
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "'', 5", "?_container=refused, 3"})
    void lostRightsEndTheExportAndAreNamed(String query, int block) throws Exception {
        AtomicInteger blocks = new AtomicInteger();
        storage.fail(
                StorageFault.FORBIDDEN,
                request -> isOfAFile(request) ? blocks.incrementAndGet() >= block : blocks.get() >= block);

        HttpResponse<String> end = export(query);

        assertThat(outcome(500, end))
                .singleElement()
                .asString()
                .contains("The export has failed", "Storage Blob Data Contributor", "403");
        assertThatNothingMoreIsWritten();
        String container = container();
        storage.pass();
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(StoredBlobs.in(blobs(), container))
                        .as(container)
                        .isEmpty());
        TALLY.fault();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?_container=gone"})
    void deletedContainerEndsTheExportAndDoesNotComeBack(String query) throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch deleted = new CountDownLatch(1);
        storage.listen(request -> {
            if (isOfAFile(request)) {
                begun.countDown();
                pause(deleted);
            }
        });
        Thread deletion = new Thread(() -> {
            pause(begun);
            blobs().deleteContainer(container());
            deleted.countDown();
        });
        deletion.start();

        HttpResponse<String> end = export(query);

        deletion.join();
        assertThat(outcome(500, end))
                .singleElement()
                .asString()
                .contains("The export has failed", "the container does not exist (any more)", "start again");
        assertThatNothingMoreIsWritten();
        assertThat(blobs().createContainer(container())).isTrue();
        blobs().deleteContainer(container());
        TALLY.fault();
    }

    /** Its end, which comes soon. */
    private HttpResponse<String> export(String query) {
        HttpResponse<String> kickOff = client.kickOff("/$export" + query);
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        long start = System.nanoTime();
        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        return end;
    }

    /** Another worker may be at a block when the job ends, and needs a moment to see that. */
    private void assertThatNothingMoreIsWritten() throws InterruptedException {
        await().atMost(SOON).until(() -> {
            int before = blocks();
            TimeUnit.MILLISECONDS.sleep(700);
            return blocks() == before;
        });
        int before = blocks();
        TimeUnit.MILLISECONDS.sleep(1_500);
        assertThat(blocks()).isEqualTo(before);
    }

    private int blocks() {
        return (int) storage.requests().stream().filter(Request::stagesBlock).count();
    }

    /** Where the export went. */
    private String container() {
        return storage.requests().stream()
                .filter(StorageRefusalsTest::isOfAFile)
                .findFirst()
                .orElseThrow()
                .target()
                .replaceFirst("/devstoreaccount1/([^/]+)/.*", "$1");
    }

    private BlobStore blobs() {
        return server.bean(BlobStore.class);
    }

    private static boolean isOfAFile(Request request) {
        return request.stagesBlock() && !request.target().matches(".*(sluice-probe|sluice-stores).*");
    }

    private static void pause(CountDownLatch until) {
        try {
            assertThat(until.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
