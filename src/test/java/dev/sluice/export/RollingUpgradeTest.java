package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes are replaced one after the other by SIGTERM, during a chain of exports. */
@SlowTest
@Tag(FaultTally.TAG)
class RollingUpgradeTest {
    private static final int RESOURCES = 20_000;

    /** An export that waits for the end of a lease of one minute takes longer. */
    private static final Duration NO_GAP = Duration.ofSeconds(45);

    private static final List<String> ALL =
            IntStream.range(0, RESOURCES).mapToObj(n -> "Basic/b" + n).toList();

    @TempDir
    Path home;

    private volatile SluiceProcess serving;
    private volatile boolean over;
    private final AtomicInteger exports = new AtomicInteger();
    private String database;
    private String[] options;
    private SluiceServer http;
    private ExportClient client;

    @BeforeEach
    void load() throws IOException {
        database = TestDatabase.freshUrl();
        options = new String[] {
            "--spring.datasource.url=" + database,
            "--sluice.home=" + home,
            "--sluice.lease=1m",
            "--sluice.export.workers=2",
            "--sluice.export.file-size=512KB",
            "--sluice.export.shutdown-grace=20ms"
        };
        try (SluiceServer server = SluiceServer.start(options)) {
            http = server;
            client = new ExportClient(server);
            Ward.load(
                    server,
                    IntStream.range(0, RESOURCES)
                            .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                    + Integer.toString(n).repeat(100) + "\"}}\n")
                            .collect(Collectors.joining()));
        }
        serving = SluiceProcess.start(home.resolve("0.log"), options);
    }

    @AfterEach
    void stop() {
        serving.close();
        TestDatabase.drop(database);
    }

    @Test
    void noExportIsLostAndNoneWaits() throws Exception {
        CompletableFuture<Void> chain = CompletableFuture.runAsync(this::exportUntilOver);
        try {
            for (int i = 1; i <= FaultTally.times(2, 4); i++) {
                SluiceProcess next = SluiceProcess.start(home.resolve(i + ".log"), options);
                SluiceProcess leaving = serving;
                serving = next;
                leaving.terminate();
                FaultTally.of(RollingUpgradeTest.class).fault();
            }
            int before = exports.get();
            // The second one began after the last process was replaced.
            await().until(() -> chain.isDone() || exports.get() > before + 1);
            over = true;
            chain.get();
            assertThat(exports).hasValueGreaterThan(2);
        } finally {
            over = true;
        }
    }

    /** One export after the other, each kicked off and asked for at whichever process serves. */
    private void exportUntilOver() {
        while (!over) {
            long begun = System.nanoTime();
            String job = atServing(base -> client.kickOff(base + "/$export"))
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            String path = job.replaceFirst(".*/fhir", "");
            while (atServing(base -> http.get(base + path)).statusCode() == 202) {
                LockSupport.parkNanos(10_000_000);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            Export export = atServing(base -> client.download(http.get(base + path)));
            FaultTally.of(RollingUpgradeTest.class).export(ALL, export.keys());
            assertThat(took).isLessThan(NO_GAP);
            exports.incrementAndGet();
        }
    }

    /** Asks once more if the process had gone before it was asked, as a load balancer does. */
    private <T> T atServing(Function<URI, T> request) {
        URI base = serving.base();
        try {
            return request.apply(base);
        } catch (UncheckedIOException e) {
            assertThat(serving.base()).isNotEqualTo(base);
            return request.apply(serving.base());
        }
    }
}
