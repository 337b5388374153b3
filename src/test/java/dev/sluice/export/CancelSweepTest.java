package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Cancels exports at moments that sweep over their life, while two servers run their units. */
@SlowTest
@Tag(FaultTally.TAG)
class CancelSweepTest {
    private static final int RESOURCES = 1_000;
    private static final int AT_ONCE = 4;
    private static final Duration SECONDS = Duration.ofSeconds(10);

    @TempDir
    Path home;

    private String database;
    private SluiceServer one;
    private SluiceServer two;
    private ExportClient client;

    @BeforeEach
    void load() {
        database = TestDatabase.freshUrl();
        one = server();
        two = server();
        client = new ExportClient(one);
        Ward.load(
                one,
                IntStream.range(0, RESOURCES)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + "x".repeat(20_000) + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        TestDatabase.drop(database);
    }

    @Test
    void anExportThatIsCancelledAtAnyMomentLeavesNothing() throws Exception {
        client.export("/$export"); // so that classes are loaded
        long begun = System.nanoTime();
        int files = client.export("/$export").manifest().path("output").size() + 1; // and the manifest
        long life = System.nanoTime() - begun;
        release();
        int rounds = FaultTally.times(6, 24);
        for (int round = 0; round < rounds; round++) {
            List<String> containers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                String container = i == 0 ? "" : "named-" + round + "-" + i;
                cancelAfter(life * 5 / 4 * (round + i * rounds) / rounds / AT_ONCE, i % 2 == 0 ? two : one, container);
                containers.add(container);
            }
            await().atMost(SECONDS).until(() -> count("job") == 0);
            assertNothingIsLeft(containers, files);
        }
    }

    private void cancelAfter(long nanos, SluiceServer canceller, String container) {
        String url = container.isEmpty() ? "/$export" : "/$export?_container=" + container;
        String job =
                client.kickOff(url).headers().firstValue("Content-Location").orElseThrow();
        LockSupport.parkNanos(nanos);
        String there = job.replaceFirst(".*/fhir", canceller.base().toString());

        assertThat(canceller.delete(there).statusCode()).isEqualTo(202);

        assertThat(one.get(job).statusCode()).isEqualTo(404);
        assertThat(two.get(job.replaceFirst(".*/fhir", two.base().toString())).statusCode())
                .isEqualTo(404);
        assertThat(canceller.delete(there).statusCode()).isEqualTo(404);
        FaultTally.of(CancelSweepTest.class).fault();
    }

    private void assertNothingIsLeft(List<String> containers, int files) throws Exception {
        for (String container : containers) {
            if (!container.isEmpty()) {
                // An export that was complete before it was released leaves its files to the client, whole.
                assertThat(StoredBlobs.in(one.bean(BlobStore.class), container).size())
                        .isIn(0, files);
                one.bean(BlobStore.class).deleteContainer(container);
            }
        }
        assertThat(containers()).isEmpty();
        assertThat(count("cohort")).isZero();
    }

    /** Releases the exports that are complete. */
    private void release() {
        for (String id : one.bean(JdbcTemplate.class).queryForList("select id::text from job", String.class)) {
            one.delete("/_operations/export/" + id);
        }
        await().atMost(SECONDS).until(() -> count("job") == 0);
    }

    private long count(String from) {
        Long count = one.bean(JdbcTemplate.class).queryForObject("select count(*) from " + from, Long.class);
        return count == null ? 0 : count;
    }

    /** All but that of the marks of stores. */
    private List<String> containers() throws Exception {
        try (Stream<Path> all = Files.list(home.resolve("blobs"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !name.equals("sluice-stores"))
                    .toList();
        }
    }

    private SluiceServer server() {
        return SluiceServer.start(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.export.workers=1",
                "--sluice.export.file-size=1MB");
    }
}
