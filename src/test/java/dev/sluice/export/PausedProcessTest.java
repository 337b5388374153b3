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
import dev.sluice.blob.BlobStore;
import dev.sluice.job.PausedWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** A process is paused in the middle of an export for longer than its lease, and goes on when another one has finished. */
@SlowTest
@Tag(FaultTally.TAG)
class PausedProcessTest {
    private static final int RESOURCES = 20_000;

    private static final Duration RECOVERY_STARTS = Duration.ofSeconds(15);

    @TempDir
    Path home;

    private String database;
    private String[] options;
    private SluiceServer other;
    private ExportClient client;
    private String holder = "";

    @BeforeEach
    void load() {
        database = TestDatabase.freshUrl();
        options = new String[] {
            "--spring.datasource.url=" + database,
            "--sluice.home=" + home,
            "--sluice.export.workers=2",
            "--sluice.export.file-size=4MB"
        };
        other = SluiceServer.start(options);
        client = new ExportClient(other);
        Ward.load(
                other,
                IntStream.range(0, RESOURCES)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + Integer.toString(n).repeat(100) + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        other.close();
        TestDatabase.drop(database);
    }

    @Test
    void whatTheOtherOneHasFinishedStaysAsItIs() throws Exception {
        for (int i = 0; i < FaultTally.times(1, 2); i++) {
            try (SluiceProcess stale = SluiceProcess.start(home.resolve("stale.log"), options)) {
                String job = pauseInTheMiddle(stale, "named" + i);
                await().atMost(RECOVERY_STARTS)
                        .until(() -> count("select count(*) from work_unit where lease_owner = '" + holder + "'") == 0);
                Export export = client.download(client.awaitEnd(job));
                Map<String, String> files = files("named" + i);
                String row = row(job);

                stale.signal("CONT");
                Thread.sleep(3_000);

                assertThat(row(job)).isEqualTo(row);
                assertThat(files("named" + i)).isEqualTo(files);
                assertThat(client.awaitEnd(job).body()).isEqualTo(other.get(job).body());
                FaultTally.of(PausedProcessTest.class)
                        .export(
                                IntStream.range(0, RESOURCES)
                                        .mapToObj(n -> "Basic/b" + n)
                                        .toList(),
                                export.keys());
            }
        }
    }

    /** What keeps it away is the same as above, and {@code LeaseTest} shows it each time. */
    @Test
    @EnabledIfSystemProperty(named = "faults.repeated", matches = "true")
    void ofACancelledExportNothingComesBack() throws Exception {
        for (int i = 0; i < FaultTally.times(1, 2); i++) {
            try (SluiceProcess stale = SluiceProcess.start(home.resolve("stale.log"), options)) {
                String job = pauseInTheMiddle(stale, "named" + i);
                assertThat(other.delete(job).statusCode()).isEqualTo(202);
                await().atMost(RECOVERY_STARTS.plusSeconds(10))
                        .until(() -> count("select count(*) from job where not erased") == 0);

                stale.signal("CONT");
                Thread.sleep(3_000);

                assertThat(files("named" + i)).isEmpty();
            }
        }
    }

    /** Pauses the process while it holds a unit that nobody else was given; returns the job's URL at the other one. */
    private String pauseInTheMiddle(SluiceProcess stale, String container) throws Exception {
        PausedWorkers idle = PausedWorkers.of(other);
        try {
            for (int i = 0; i < 10; i++) {
                String job = client.kickOff("/$export?_container=" + container)
                        .headers()
                        .firstValue("Content-Location")
                        .orElseThrow();
                await().pollInterval(Duration.ofMillis(2))
                        .until(() -> count("select count(*) from work_unit where lease_owner is not null") > 0);
                stale.signal("STOP");
                holder = String.valueOf(other.bean(JdbcTemplate.class)
                        .queryForObject("select max(lease_owner) from work_unit", String.class));
                if (holder.contains(":")) {
                    FaultTally.of(PausedProcessTest.class).fault();
                    return job;
                }
                stale.signal("CONT"); // it was between two units
                other.delete(job);
                await().until(() -> count("select count(*) from job") == 0);
                other.bean(BlobStore.class).deleteContainer(container);
            }
            throw new IllegalStateException("The process is never met at work.");
        } finally {
            idle.resume();
        }
    }

    private long count(String query) {
        Long count = other.bean(JdbcTemplate.class).queryForObject(query, Long.class);
        return count == null ? 0 : count;
    }

    private String row(String job) {
        return other.bean(JdbcTemplate.class)
                .queryForMap("select status, ending, units_done, updated_at, finished_at from job where id = '"
                        + id(job) + "'")
                .toString();
    }

    private static String id(String job) {
        return job.substring(job.lastIndexOf('/') + 1);
    }

    /** The files of a container, with when they were written, and what as. */
    private Map<String, String> files(String container) throws IOException {
        Path folder = home.resolve("blobs").resolve(container);
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file).toString(),
                        List.of(Files.getLastModifiedTime(file), Files.getAttribute(file, "unix:ino"))
                                .toString());
            }
        }
        return files;
    }
}
