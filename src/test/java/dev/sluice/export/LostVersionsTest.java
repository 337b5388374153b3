package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.UnitContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/** An export whose rows are not there any more is refused or fails with a reason; it is never complete without them. */
@SlowTest
class LostVersionsTest {
    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final ExportHandler handler = server.bean(ExportHandler.class);

    @BeforeEach
    void load() {
        Ward.load(server);
        server.bean(BlobStore.class).createContainer("lost");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTimeThatIsNotKeptIsRefusedTogetherWithAllElseThatIsWrong() {
        jdbc.update("update version_retention set kept_from = '2020-06-01T12:00:00Z'");

        assertThat(outcome(400, client.kickOff("/$export?_until=2020-05-31&_type=Patiend")))
                .hasSize(2)
                .anyMatch(text -> text.contains("_until") && text.contains("2020-06-01T12:00:00"));
        assertThat(client.export("/$export?_until=2020-06-02").keys()).isEmpty();
        assertThat(jdbc.queryForList("select id from retention_hold")).isEmpty();
    }

    @Test
    void aJobWhoseTimeWasGivenUpFailsBeforeItWritesAnything() {
        Job job = job();
        jdbc.update("update version_retention set kept_from = now() + interval '1 hour'");

        assertThatThrownBy(() -> handler.plan(job))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining("kept from");
    }

    @Test
    void aRowThatIsGoneBeforeItIsReadFailsTheJob() throws Exception {
        Job job = job();
        JobHandler.Plan plan = handler.plan(job);
        jdbc.update("delete from resource where id = 'of-ann'");

        assertThatThrownBy(
                        () -> handler.run(job, plan.text(), plan.units().get(0).payload(), new UnitContext()))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining("Observation-1.ndjson");
    }

    @Test
    void aRowThatAppearsInASnapshotAfterItWasReadFailsTheJob() throws Exception {
        Job job = job();
        JobHandler.Plan plan = handler.plan(job);
        String result = handler.run(job, plan.text(), plan.units().get(0).payload(), new UnitContext());
        jdbc.update("insert into resource (type, id, version_id, last_updated, deleted, bytes, body)"
                + " values ('Basic', 'late', 1, '2020-01-01', false, 3, '{}')");

        assertThatThrownBy(() -> handler.finish(job, plan.text(), List.of(result), () -> {}))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining("The snapshot holds 13 rows, but 12 were read");
    }

    /** A process that was paused before this does not overwrite what another one has made. */
    @Test
    void noManifestBecomesVisibleWithoutTheLease() throws Exception {
        Job job = job();
        JobHandler.Plan plan = handler.plan(job);
        String result = handler.run(job, plan.text(), plan.units().get(0).payload(), new UnitContext());

        assertThatThrownBy(() -> handler.finish(job, plan.text(), List.of(result), () -> {
                    throw new CancellationException();
                }))
                .isInstanceOf(CancellationException.class);

        assertThat(manifests()).isEmpty();
        handler.finish(job, plan.text(), List.of(result), () -> {});
        assertThat(manifests()).hasSize(1);
    }

    private List<Path> manifests() throws IOException {
        Path root = Path.of(server.bean(Environment.class).getRequiredProperty("sluice.storage.local.root"));
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.endsWith("manifest.json")).toList();
        }
    }

    @Test
    void whatAFinishedOrFailedOrCancelledExportHeldIsReleased() {
        Export done = client.export("/$export");
        server.delete(client.kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow());
        server.delete(done.job());

        await().until(() -> jdbc.queryForList("select id from retention_hold").isEmpty());
    }

    private Job job() {
        return PlannedJobs.job(server, "lost", Map.of());
    }
}
