package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient.Export;
import dev.sluice.cli.WorkCommand.Limits;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The command {@code work} beside a server that runs no jobs, and the server's role {@code worker}. */
@SlowTest
class WorkerProcessTest {
    private static final Limits UNTIL_IDLE = new Limits(true, null, null);
    private static final int RESOURCES = 50;

    @TempDir
    private static Path home;

    private static String database;
    private static SluiceServer server;
    private static ExportClient client;

    @BeforeAll
    static void load() {
        database = TestDatabase.freshUrl();
        server = SluiceServer.start(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.role=api",
                "--sluice.export.file-size=300B");
        client = new ExportClient(server);
        String lines = IntStream.range(0, RESOURCES)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\"}\n")
                .reduce("", String::concat);
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
        TestDatabase.drop(database);
    }

    @Test
    void aWorkerPlansWritesFinishesAndEnds() {
        HttpResponse<String> kickOff = client.kickOff("/$export");

        assertThat(work(UNTIL_IDLE)).isEqualTo(WorkerProcess.DONE);

        Export export = client.download(server.get(job(kickOff)));
        assertThat(export.all()).hasSize(RESOURCES);
        assertThat(work(UNTIL_IDLE)).as("nothing waits").isEqualTo(WorkerProcess.DONE);
    }

    @Test
    void aWorkerEndsAfterANumberOfUnits() {
        HttpResponse<String> kickOff = client.kickOff("/$export");

        assertThat(work(new Limits(false, 3, null))).isEqualTo(WorkerProcess.DONE);

        assertThat(count("select count(*) from work_unit where result is not null and job_id = '" + id(kickOff) + "'"))
                .isEqualTo(3);
        assertThat(count("select count(*) from work_unit where lease_owner is not null and result is null"))
                .isZero();
        assertThat(work(UNTIL_IDLE)).isEqualTo(WorkerProcess.DONE);
        assertThat(client.download(server.get(job(kickOff))).all()).hasSize(RESOURCES);
    }

    @Test
    void aWorkerEndsAfterATime() {
        assertThat(work(new Limits(false, null, Duration.ofSeconds(1)))).isEqualTo(WorkerProcess.DONE);
    }

    @Test
    void aTimeThatEndsWithoutTheDatabaseIsNoSuccess() {
        String lost = TestDatabase.freshUrl();
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(lost));
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> WorkerProcess.run(
                new Limits(false, null, Duration.ofSeconds(10)),
                List.of("--spring.datasource.url=" + lost, "--sluice.home=" + home)));
        await().until(() -> jdbc.queryForList("select count(*) from job_process", Integer.class)
                .contains(1));
        TestDatabase.drop(lost);

        assertThat(exitCode.join()).isEqualTo(WorkerProcess.NO_DATABASE);
    }

    /** As after a fault of the storage. */
    @Test
    void aWorkerWaitsForAnErasureThatIsTriedAgainLater() {
        HttpResponse<String> kickOff = client.kickOff("/$export");
        assertThat(server.delete(job(kickOff)).statusCode()).isEqualTo(202);
        server.bean(JdbcTemplate.class)
                .update("update job set due_at = clock_timestamp() + interval '5 s' where id = ?::uuid", id(kickOff));

        assertThat(work(UNTIL_IDLE)).isEqualTo(WorkerProcess.DONE);

        assertThat(count("select count(*) from job where not erased and id = '" + id(kickOff) + "'"))
                .isZero();
    }

    @Test
    void theExitCodeSaysWhyAWorkerDidNotStart() throws IOException {
        assertThat(WorkerProcess.run(UNTIL_IDLE, List.of("--sluice.home=" + home)))
                .as("the embedded database is of one process")
                .isEqualTo(WorkerProcess.WRONG_SETTINGS);
        assertThat(work(UNTIL_IDLE, "--sluice.export.wrkers=2")).isEqualTo(WorkerProcess.WRONG_SETTINGS);
        assertThat(WorkerProcess.run(
                        UNTIL_IDLE,
                        List.of(
                                "--sluice.home=" + home,
                                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/none")))
                .isEqualTo(WorkerProcess.NO_DATABASE);
    }

    @Test
    void aWorkerDoesNotMigrate() {
        String earlier = TestDatabase.freshUrl();
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(earlier));
        jdbc.update("delete from flyway_schema_history where installed_rank = (select max(installed_rank) from"
                + " flyway_schema_history)");
        try {
            assertThat(WorkerProcess.run(
                            UNTIL_IDLE, List.of("--sluice.home=" + home, "--spring.datasource.url=" + earlier)))
                    .isEqualTo(WorkerProcess.OTHER_SCHEMA);
        } finally {
            TestDatabase.drop(earlier);
        }
    }

    @Test
    void aServerWithTheRoleOfAWorkerServesHealthAndMetricsOnly() {
        HttpResponse<String> kickOff = client.kickOff("/$export");
        try (SluiceServer worker = SluiceServer.start(
                "--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=worker")) {
            assertThat(client.await(kickOff).all()).hasSize(RESOURCES);

            assertThat(worker.get(worker.root() + "/actuator/health").statusCode())
                    .isEqualTo(200);
            assertThat(worker.get(worker.root() + "/actuator/prometheus").body())
                    .contains("sluice_units_waiting{kind=\"export\"}");
            for (String path : List.of("/fhir/metadata", "/fhir/Basic/b1", "/fhir/$export", "/", "/jobs")) {
                assertThat(worker.get(worker.root() + path).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
    }

    private static int work(Limits limits, String... more) {
        return WorkerProcess.run(
                limits,
                Stream.concat(
                                Stream.of(
                                        "--spring.datasource.url=" + database,
                                        "--sluice.home=" + home,
                                        "--sluice.export.file-size=300B",
                                        "--logging.level.root=warn"),
                                Stream.of(more))
                        .toList());
    }

    private static String job(HttpResponse<String> kickOff) {
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    private static String id(HttpResponse<String> kickOff) {
        return job(kickOff).replaceFirst(".*/", "");
    }

    private static long count(String query) {
        Long count = server.bean(JdbcTemplate.class).queryForObject(query, Long.class);
        return count == null ? 0 : count;
    }
}
