package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Three workers and a server that runs no jobs, on one database. During an export, a worker is killed, another is added,
 * and a third is paused for longer than its lease.
 */
@SlowTest
@Tag(FaultTally.TAG)
class WorkersTest {
    private static final int RESOURCES = 4_000;
    private static final int WORKERS = 3;

    @TempDir
    private static Path home;

    private static final List<Process> workers = new ArrayList<>();
    private static String database;
    private static SluiceServer server;
    private static ExportClient client;
    private static Export undisturbed;
    private static int started;

    @BeforeAll
    static void start() throws IOException {
        database = TestDatabase.freshUrl();
        server =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(server);
        String lines = IntStream.range(0, RESOURCES)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"author\":{\"display\":\""
                        + "x".repeat(n % 300) + "\"}}\n")
                .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                .toString();
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);
        for (int i = 0; i < WORKERS; i++) {
            workers.add(worker());
        }
        undisturbed = client.export("/$export");
    }

    @AfterAll
    static void stop() {
        workers.forEach(Process::destroyForcibly);
        server.close();
        TestDatabase.drop(database);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, FaultTally.times(1, 20));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anExportIsWhatItWouldBeWhateverHappensToItsWorkers(long seed) throws Exception {
        Random random = new Random(seed);
        String job = client.kickOff("/$export?_until=" + undisturbed.transactionTime())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        awaitUnits(job, 1 + random.nextInt(5));
        workers.remove(random.nextInt(workers.size())).destroyForcibly().waitFor();
        FaultTally.of(WorkersTest.class).fault();
        workers.add(worker());
        awaitUnits(job, 6 + random.nextInt(5));
        Process paused = workers.get(random.nextInt(WORKERS - 1));
        signal(paused, "STOP");
        FaultTally.of(WorkersTest.class).fault();
        HttpResponse<String> end;
        try {
            end = client.awaitEnd(job);
        } finally {
            signal(paused, "CONT");
        }

        Export disturbed = client.download(end);
        FaultTally.of(WorkersTest.class).export(undisturbed.all(), disturbed.all());
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(paused.isAlive()).as("it goes on with other steps").isTrue();
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
    }

    @Test
    void aWorkerThatIsToldToStopHandsItsUnitBackAndEndsWith143() throws Exception {
        String job = client.kickOff("/$export?_until=" + undisturbed.transactionTime())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        awaitUnits(job, 1);
        Process stopped = workers.remove(0);
        stopped.destroy();

        assertThat(stopped.waitFor()).isEqualTo(143);
        assertThat(count("select count(*) from work_unit where lease_owner like '%:" + stopped.pid() + ":%'"
                        + " and result is null"))
                .isZero();
        workers.add(worker());
        assertThat(client.download(client.awaitEnd(job)).lines()).isEqualTo(undisturbed.lines());
        assertThat(count("select count(*) from job_event where change = 'TAKEN_OVER' and job_id = '" + id(job) + "'"))
                .isZero();
    }

    private static void awaitUnits(String job, int units) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> count("select units_done from job where id = '" + id(job) + "'") >= units);
    }

    private static Process worker() throws IOException {
        started++;
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SluiceApplication.class.getName(),
                        "work",
                        "--spring.datasource.url=" + database,
                        "--sluice.home=" + home,
                        "--sluice.lease=2s",
                        "--sluice.poll-interval=100ms",
                        "--sluice.export.workers=1",
                        "--sluice.export.file-size=32KB",
                        "--sluice.export.max-bytes-per-second=256KB",
                        "--sluice.export.shutdown-grace=0s")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("worker-" + started + ".log").toFile())
                .start();
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private static String hashes(Export export) {
        return export.manifest().path("output").toString().replaceAll("\"url\":\"[^\"]*/", "\"");
    }

    private static String id(String job) {
        return job.replaceFirst(".*/", "");
    }

    private static long count(String query) {
        Long count = server.bean(JdbcTemplate.class).queryForObject(query, Long.class);
        return count == null ? 0 : count;
    }
}
