package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.UnitContext;
import dev.sluice.planner.ExportParameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** An export in blocks whose steps are repeated, or whose rows vanish or appear between them. */
@SlowTest
class OrganizedPlanTest {
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
        JobHandler.Plan plan = handler.plan(job);
        List<String> first = run(job, plan);

        JobHandler.Plan again = handler.plan(job);
        assertThat(again.units()).isEqualTo(plan.units());
        assertThat(run(job, again)).isEqualTo(first);
        assertThat(run(job, plan)).as("the plan that was made first").isEqualTo(first);
        String result = handler.finish(job, plan.text(), first, () -> {});
        assertThat(handler.finish(job, plan.text(), first, () -> {})).isEqualTo(result);
        handler.release(job);
        assertThat(jdbc.queryForList("select attempt from organized_line")).isEmpty();
        JobHandler.Plan last = handler.plan(job);
        assertThat(last.units()).isEqualTo(plan.units());
        assertThat(run(job, last)).isEqualTo(first);
    }

    @Test
    void theLinesOfAPlanningThatDidNotEndAreDeletedBeforeTheNextOne() throws Exception {
        Job job = job("Patient");
        handler.plan(job);

        handler.deleteWorkingRows(job);

        assertThat(jdbc.queryForList("select attempt from organized_line")).isEmpty();
        assertThat(jdbc.queryForList("select attempt from organized_attempt")).isEmpty();
    }

    @Test
    void aRowThatIsGoneBeforeItIsReadFailsTheJob() throws Exception {
        Job job = job("Patient");
        JobHandler.Plan plan = handler.plan(job);
        jdbc.update("delete from resource where id = 'of-ann'");

        assertThatThrownBy(() -> run(job, plan))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining(" rows for by-Patient-");
    }

    @Test
    void aRowThatAppearsInASnapshotAfterItWasPlannedFailsTheJob() throws Exception {
        Job job = job("Patient");
        JobHandler.Plan plan = handler.plan(job);
        List<String> results = run(job, plan);
        jdbc.update("insert into resource (type, id, version_id, last_updated, deleted, bytes, body)"
                + " values ('Basic', 'late', 1, '2020-01-01', false, 3, '{}')");

        assertThatThrownBy(() -> handler.finish(job, plan.text(), results, () -> {}))
                .isInstanceOf(JobFailure.class)
                .hasMessageContaining("The snapshot holds 13 rows, but 12 were read");
    }

    private List<String> run(Job job, JobHandler.Plan plan) throws Exception {
        List<String> results = new ArrayList<>();
        for (JobHandler.Unit unit : plan.units()) {
            results.add(handler.run(job, plan.text(), unit.payload(), new UnitContext()));
        }
        return results;
    }

    private Job job(String by) {
        return PlannedJobs.job(server, "blocks", Map.of(ExportParameter.ORGANIZE_OUTPUT_BY, List.of(by)));
    }
}
