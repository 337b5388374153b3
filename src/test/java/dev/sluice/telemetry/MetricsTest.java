package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.Program;
import dev.sluice.SluiceServer;
import dev.sluice.telemetry.FeedStates.FeedState;
import io.micrometer.tracing.Tracer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/** Metrics and health of one server: before its first job, after some jobs, and without its storage. */
@IntegrationTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MetricsTest {
    @TempDir
    private static Path blobs;

    private static SluiceServer server;

    /** Many feeds, of which the last enabled one is late. */
    static class ManyFeeds implements FeedStates {
        @Override
        public List<FeedState> feeds() {
            Instant hourAgo = Instant.parse("2026-01-01T00:00:00Z");
            return Stream.concat(
                            IntStream.range(0, 250).mapToObj(each -> new FeedState("feed" + each, true, null, null)),
                            Stream.of(
                                    new FeedState("nightly", true, hourAgo, hourAgo),
                                    new FeedState("weekly", false, null, null)))
                    .toList();
        }
    }

    @BeforeAll
    static void start() {
        server = SluiceServer.start(
                List.of(ManyFeeds.class),
                "--sluice.storage.local.root=" + blobs,
                "--sluice.replicas.databases.away.url=jdbc:postgresql://localhost:1/none");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Order(1)
    void beforeTheFirstJobEachMetricIsThereAndZero() {
        Scrape scrape = scrape();

        for (String kind : List.of("export", "import")) {
            for (String state : List.of("running", "waiting", "paused")) {
                assertThat(scrape.value("sluice_jobs{kind=\"" + kind + "\",state=\"" + state + "\"}"))
                        .isZero();
            }
            for (String state : List.of("running", "waiting", "retrying")) {
                assertThat(scrape.value("sluice_job_units{kind=\"" + kind + "\",state=\"" + state + "\"}"))
                        .isZero();
            }
            for (String name : List.of("sluice_units_waiting", "sluice_units_oldest_waiting_seconds")) {
                assertThat(scrape.value(name + "{kind=\"" + kind + "\"}")).isZero();
            }
            assertThat(scrape.value("sluice_jobs_oldest_waiting_seconds{kind=\"" + kind + "\"}"))
                    .isZero();
        }
        assertThat(scrape.labels("sluice_jobs_ended_total").get("outcome"))
                .containsExactly("cancelled", "completed", "failed");
        assertThat(scrape.labels("sluice_job_retries_total").get("cause")).contains("database", "storage");
        for (String name : List.of(
                "sluice_job_submit_seconds_count",
                "sluice_jobs_ended_total",
                "sluice_job_retries_total",
                "sluice_job_step_seconds_count",
                "sluice_export_rows_total",
                "sluice_export_bytes_total",
                "sluice_export_files_total",
                "sluice_import_rows_total",
                "sluice_import_bad_lines_total",
                "sluice_seal_lag_seconds",
                "sluice_sweep_lag_seconds")) {
            assertThat(scrape.sum(name)).as(name).isZero();
        }
        assertThat(scrape.labels("sluice_export_held_back_seconds_count").get("by"))
                .hasSize(3);
        assertThat(scrape.labels("sluice_storage_errors_total").get("reason"))
                .containsExactly("full", "permanent", "transient");
        assertThat(scrape.value("sluice_storage_up")).isOne();
        assertThat(scrape.value("sluice_disk_free_bytes{folder=\"home\"}"))
                .isPositive()
                .isLessThanOrEqualTo(scrape.value("sluice_disk_size_bytes{folder=\"home\"}"));
        assertThat(scrape.value("sluice_disk_reserved_bytes{folder=\"blobs\"}")).isPositive();
    }

    @Test
    @Order(2)
    void aFinishedExportAndAnImportAreCounted() {
        ExportClient client = new ExportClient(server);
        String lines = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n[]\n";
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);

        long bytes = client.export("/$export")
                .manifest()
                .path("output")
                .get(0)
                .path("extension")
                .path("bytes")
                .asLong();

        Scrape scrape = scrape();
        assertThat(scrape.value("sluice_import_rows_total")).isEqualTo(2);
        assertThat(scrape.value("sluice_import_bad_lines_total")).isEqualTo(1);
        assertThat(scrape.value("sluice_export_rows_total")).isEqualTo(2);
        assertThat(scrape.value("sluice_export_files_total")).isEqualTo(1);
        assertThat(scrape.value("sluice_export_read_rows_total{source=\"primary\"}"))
                .isEqualTo(2);
        assertThat(scrape.value("sluice_replica_primary_reads_total{reason=\"away\"}"))
                .isOne();
        assertThat(scrape.value("sluice_replica_up{replica=\"away\"}")).isZero();
        assertThat(scrape.value("sluice_export_bytes_total")).isEqualTo((double) bytes);
        assertThat(scrape.value("sluice_job_submit_seconds_count{error=\"none\",kind=\"export\"}"))
                .isOne();
        assertThat(scrape.value("sluice_jobs_ended_total{kind=\"export\",outcome=\"completed\"}"))
                .isOne();
        for (String step : List.of("plan", "run", "finish")) {
            assertThat(scrape.value(
                            "sluice_job_step_seconds_count{error=\"none\",kind=\"export\",step=\"" + step + "\"}"))
                    .as(step)
                    .isOne();
        }
        assertThatThrownBy(() -> server.bean(Tracer.class))
                .as("nothing makes traces without an endpoint for them")
                .isInstanceOf(NoSuchBeanDefinitionException.class);
    }

    @Test
    @Order(3)
    void openJobsAndTheSizeOfTheStoreAreMeasured() {
        server.bean(StoreGauges.class).measure();
        server.bean(FeedGauges.class).measure();
        server.bean(JobGauges.class).count();

        Scrape scrape = scrape();

        assertThat(scrape.labels("sluice_store_versions").get("type")).containsExactly("Patient");
        assertThat(scrape.value("sluice_store_size_bytes{type=\"Patient\"}")).isPositive();
        assertThat(scrape.value("sluice_database_size_bytes"))
                .isGreaterThan(scrape.value("sluice_segments_size_bytes"));
        assertThat(scrape.value("sluice_feed_last_success_age_seconds{feed=\"nightly\"}"))
                .isGreaterThan(3600);
        assertThat(scrape.labels("sluice_feed_overdue_seconds").get("feed"))
                .contains("nightly")
                .doesNotContain("weekly")
                .hasSize(200);
        assertThat(scrape.value("sluice_feeds{state=\"enabled\"}")).isEqualTo(251);
        assertThat(scrape.value("sluice_feeds{state=\"disabled\"}")).isOne();
        await().untilAsserted(() -> assertThat(scrape().sum("sluice_jobs")).isZero());
    }

    @Test
    @Order(4)
    void theDocumentationHasEachMetricAndNoOther() throws Exception {
        Set<String> documented = Files.readString(Path.of("docs/monitoring.md"))
                .lines()
                .filter(line -> line.startsWith("| `sluice_"))
                .map(line -> line.substring(0, line.indexOf('|', 1)))
                .flatMap(names -> Pattern.compile("\\w+").matcher(names).results())
                .map(MatchResult::group)
                .collect(Collectors.toSet());

        assertThat(scrape().names().stream().filter(name -> name.startsWith("sluice_")))
                .containsExactlyInAnyOrderElementsOf(documented);
    }

    @Test
    @Order(5)
    void alertsAndDashboardNameMetricsThatExist() throws Exception {
        Scrape scrape = scrape();

        MonitoringFiles.expressions()
                .forEach((name, expression) -> assertThat(
                                PromqlNames.of(expression).missing(scrape))
                        .as(name)
                        .isEmpty());
        assertThat(MonitoringFiles.expressions()).hasSizeGreaterThan(50);
    }

    @Test
    @Order(7)
    void prometheusReadsTheAlertRules() {
        Program.run("promtool", "check", "rules", MonitoringFiles.ALERTS.toString());
    }

    @Test
    @Order(6)
    void aStorageThatCannotBeUsedIsDownAndTheProcessStaysReady() throws Exception {
        Path marks = blobs.resolve("sluice-stores");
        Path away = blobs.resolve("away");
        StorageHealth storage = server.bean(StorageHealth.class);
        double before = scrape().value("sluice_storage_errors_total{reason=\"permanent\"}");
        Files.move(marks, away);
        Files.createFile(marks);

        storage.probe();

        assertThat(health("")).isEqualTo(503);
        assertThat(health("/readiness")).isEqualTo(200);
        assertThat(health("/liveness")).isEqualTo(200);
        Scrape scrape = scrape();
        assertThat(scrape.value("sluice_storage_up")).isZero();
        assertThat(scrape.sum("sluice_storage_errors_total")).isGreaterThan(before);

        Files.delete(marks);
        Files.move(away, marks);
        storage.probe();

        assertThat(health("")).isEqualTo(200);
        assertThat(scrape().value("sluice_storage_up")).isOne();
    }

    private static Scrape scrape() {
        return Scrape.of(server.get(server.root() + "/actuator/prometheus").body());
    }

    private static int health(String group) {
        return server.get(server.root() + "/actuator/health" + group).statusCode();
    }
}
