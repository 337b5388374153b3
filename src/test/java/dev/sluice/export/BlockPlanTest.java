package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.JobStatus;
import dev.sluice.job.UnitContext;
import dev.sluice.store.BlockStage;
import dev.sluice.store.Blocks;
import dev.sluice.store.ClosedTimestamps;
import dev.sluice.store.RowQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** An export in blocks whose steps are repeated, or whose rows vanish or appear between them. */
@IntegrationTest
class BlockPlanTest {
    private final SluiceServer server = SluiceServer.start("--sluice.export.file-size=500B");
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final ExportHandler handler = server.bean(ExportHandler.class);

    @BeforeEach
    void load() {
        Ward.load(server);
        server.bean(BlobStore.class).createContainer("blocks");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Patient", "Organization"})
    void eachStepCanBeRepeatedAndGivesTheSame(String by) throws Exception {
        Job job = job(by);
        List<JobHandler.Unit> units = handler.plan(job).units();
        List<String> first = run(job, units);

        assertThat(handler.plan(job).units()).isEqualTo(units);
        assertThat(run(job, units)).isEqualTo(first);
        String result = handler.finish(job, "", first);
        assertThat(handler.finish(job, "", first)).isEqualTo(result);
        handler.release(job);
        assertThat(handler.plan(job).units()).as("a plan made anew").isEqualTo(units);
        assertThat(run(job, units)).isEqualTo(first);
    }

    @Test
    void ofTwoPlanningsTheFirstToEndIsThePlan() throws Exception {
        Job job = job("Patient");
        TransactionTemplate transaction = server.bean(TransactionTemplate.class);
        List<JobHandler.Unit> units = new ArrayList<>();

        List<JobHandler.Unit> late = transaction.execute(status -> {
            BlockStage stage = server.bean(Blocks.class).stage();
            Thread other = new Thread(() -> units.addAll(plan(job)));
            other.start();
            join(other);
            RowQuery patients = RowQuery.everything(ResourceType.PATIENT, moment());
            stage.addTo("ann", new BlockStage.Rows(patients, new long[0]));
            stage.number(ResourceType.PATIENT);
            server.bean(Blocks.class).choose(job.id(), stage);
            return plan(job);
        });

        assertThat(late).isEqualTo(units).isNotEmpty();
        assertThat(jdbc.queryForList("select distinct attempt from block_line")).hasSize(1);
        assertThat(run(job, units)).isNotEmpty();
    }

    @Test
    void aRowThatIsGoneBeforeItIsReadFailsTheJob() throws Exception {
        Job job = job("Patient");
        List<JobHandler.Unit> units = handler.plan(job).units();
        jdbc.update("delete from resource where id = 'of-ann'");

        assertThatThrownBy(() -> run(job, units))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining(" rows for by-Patient-");
    }

    @Test
    void aRowThatAppearsInASnapshotAfterItWasPlannedFailsTheJob() throws Exception {
        Job job = job("Patient");
        List<String> results = run(job, handler.plan(job).units());
        jdbc.update("insert into resource (type, id, version_id, last_updated, deleted, bytes, body)"
                + " values ('Basic', 'late', 1, '2020-01-01', false, 3, '{}')");

        assertThatThrownBy(() -> handler.finish(job, "", results))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining("The snapshot holds 13 rows, but 12 were read");
    }

    private List<String> run(Job job, List<JobHandler.Unit> units) throws Exception {
        List<String> results = new ArrayList<>();
        for (JobHandler.Unit unit : units) {
            results.add(handler.run(job, "", unit.payload(), new UnitContext()));
        }
        return results;
    }

    private List<JobHandler.Unit> plan(Job job) {
        try {
            return handler.plan(job).units();
        } catch (JobFailure | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Instant moment() {
        Instant moment = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
        assertThat(moment).isNotNull();
        return moment;
    }

    private Job job(String by) {
        Instant moment = moment();
        ExportRequest request = new ExportRequest(
                new ExportScope.Everything(),
                new ExportRequest.Content(List.of(), List.of(), List.of(), by),
                AssociatedData.NONE,
                ExportRequest.Past.NONE,
                List.of(),
                null,
                null,
                null,
                false,
                false,
                List.of());
        ExportJob export = new ExportJob(request, "", moment, null, new ExportJob.Place("blocks", "", true));
        return new Job(
                UUID.randomUUID(),
                ExportHandler.KIND,
                export.payload(),
                export.output(),
                JobStatus.RUNNING,
                new Job.Progress(0, 0, moment, moment, null, null),
                null);
    }
}
