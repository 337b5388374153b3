package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Jobs in the threads of another program, beside a server that runs no steps. */
@SlowTest
class JobWorkerTest {
    @TempDir
    private static Path home;

    private static String url;
    private static SluiceServer server;
    private static JobWorker worker;

    @BeforeAll
    static void start() {
        url = TestDatabase.freshUrl();
        server = SluiceServer.start("--sluice.role=api", "--sluice.home=" + home, "--spring.datasource.url=" + url);
        for (int i = 0; i < 3; i++) {
            String patient = "{\"resourceType\":\"Patient\",\"id\":\"p" + i + "\"}";
            assertThat(server.put("/Patient/p" + i, "application/fhir+json", patient)
                            .statusCode())
                    .isEqualTo(201);
        }
        worker = JobWorker.open(settings("logging.level.root", "warn"));
    }

    private static Map<String, String> settings(String key, String value) {
        return Map.of("sluice.home", home.toString(), "spring.datasource.url", url, key, value);
    }

    @AfterAll
    static void stop() {
        worker.close();
        server.close();
        TestDatabase.drop(url);
    }

    @Test
    void runsAllStepsOfAnExport() throws Exception {
        ExportClient client = new ExportClient(server);
        assertThat(worker.runNext()).as("nothing is due").isFalse();
        assertThat(worker.isIdle()).isTrue();
        HttpResponse<String> kickOff = client.kickOff("/$export");
        assertThat(worker.due()).isEqualTo(1);
        assertThat(worker.isIdle()).isFalse();
        runUntilIdle();
        assertThat(client.await(kickOff).keys()).containsExactly("Patient/p0", "Patient/p1", "Patient/p2");
    }

    @Test
    void erasesACancelledExport() throws Exception {
        HttpResponse<String> kickOff = new ExportClient(server).kickOff("/$export?_type=Patient");
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        assertThat(worker.runNext()).as("the plan").isTrue();
        assertThat(server.delete(job).statusCode()).isEqualTo(202);
        runUntilIdle();
        assertThat(count("job where status <> 'COMPLETED'")).isZero();
    }

    @Test
    void handsAUnitBackWhenItsThreadIsInterrupted() throws Exception {
        HttpResponse<String> kickOff = new ExportClient(server).kickOff("/$export?_type=Patient");
        assertThat(worker.runNext()).as("the plan").isTrue();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (JobWorker slow = JobWorker.open(settings("sluice.export.max-bytes-per-second", "10B"))) {
            Future<Boolean> unit = thread.submit(slow::runNext);
            await().until(() -> count("work_unit where throttled_by is not null") == 1);
            unit.cancel(true);
            await().until(() -> count("work_unit where lease_owner is null and result is null and failures = 0"
                            + " and attempts = 0 and due_at <= clock_timestamp()")
                    == 1);
        } finally {
            thread.shutdown();
        }
        runUntilIdle();
        assertThat(new ExportClient(server).await(kickOff).keys()).hasSize(3);
    }

    @Test
    void takesNoStepAfterItsEnd() throws Exception {
        HttpResponse<String> kickOff = new ExportClient(server).kickOff("/$export?_type=Patient");
        JobWorker ended = JobWorker.open(settings("logging.level.root", "warn"));
        ended.close();
        assertThat(ended.runNext()).isFalse();
        assertThat(count("job where lease_owner is not null")).isZero();
        runUntilIdle();
        assertThat(new ExportClient(server).await(kickOff).keys()).hasSize(3);
    }

    @Test
    void saysWhatIsWrongWithTheSettings() {
        Map<String, String> wrong = settings("sluice.export.file-sise", "1MB");
        assertThatThrownBy(() -> JobWorker.open(wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The setting sluice.export.file-sise does not exist");
    }

    private static void runUntilIdle() throws InterruptedException {
        while (!worker.isIdle()) {
            worker.runNext();
        }
    }

    private static long count(String rows) {
        return Objects.requireNonNull(new JdbcTemplate(new DriverManagerDataSource(url))
                .queryForObject("select count(*) from " + rows, Long.class));
    }
}
