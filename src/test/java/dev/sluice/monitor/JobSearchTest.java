package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found of jobs, on rows as the engine records them. */
@IntegrationTest
class JobSearchTest {
    private final MonitoredJobs jobs = new MonitoredJobs();

    @AfterEach
    void drop() {
        jobs.close();
    }

    @Test
    void pagesHoldEachJobOnceTheNewestFirst() {
        jobs.add(25, "export", "", "COMPLETED");
        List<JobSummary> found = new ArrayList<>();

        JobPage page = jobs.find(JobQuery.first(10));
        while (true) {
            found.addAll(page.jobs());
            if (page.next() == null) {
                break;
            }
            page = jobs.find(new JobQuery(Set.of(), Set.of(), null, null, page.next(), 10));
        }

        assertThat(found).hasSize(25).doesNotHaveDuplicates();
        assertThat(found).isSortedAccordingTo((a, b) -> b.created().compareTo(a.created()));
        assertThat(page.totals()).containsOnly(java.util.Map.entry(JobState.COMPLETED, 25L));
    }

    @Test
    void aQuerySelectsByKindOwnerStateAndText() {
        jobs.add(3, "export", "a client", "COMPLETED");
        jobs.add(2, "import", "a client", "FAILED");
        jobs.add(4, "export", "another", "RUNNING");
        jobs.jdbc
                .sql("update job set paused_at = now() where owner = 'another' and payload like '%n=1\"%'")
                .update();
        jobs.add(5, "export", "a client", "DISCARDED");

        assertThat(jobs.find(JobQuery.first(50)).jobs()).hasSize(9);
        JobPage own = jobs.find(new JobQuery(Set.of(), Set.of(JobState.FAILED), "a client", null, null, 50));
        assertThat(own.jobs()).hasSize(2).allMatch(job -> job.kind().equals("import"));
        assertThat(own.totals()).containsEntry(JobState.COMPLETED, 3L).containsEntry(JobState.FAILED, 2L);
        assertThat(own.jobs().get(0).failure()).isEqualTo("ended");
        assertThat(jobs.find(new JobQuery(Set.of("import"), Set.of(), null, null, null, 50))
                        .jobs())
                .hasSize(2);
        assertThat(jobs.find(new JobQuery(Set.of(), Set.of(JobState.PAUSED), null, null, null, 50))
                        .jobs())
                .hasSize(1);
        assertThat(jobs.find(new JobQuery(Set.of(), Set.of(), null, "TYPE=patient&N=3", null, 50))
                        .jobs())
                .hasSize(1);
        assertThat(jobs.find(new JobQuery(Set.of(), Set.of(), null, "100%", null, 50))
                        .jobs())
                .isEmpty();
        String id = own.jobs().get(0).id().toString();
        assertThat(jobs.find(new JobQuery(Set.of(), Set.of(), null, id.substring(4, 20), null, 50))
                        .jobs())
                .hasSize(1);
    }

    @Test
    void aCursorOfAnotherOriginIsRefused() {
        assertThatThrownBy(() -> jobs.find(new JobQuery(Set.of(), Set.of(), null, null, "x", 50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor 'x'");
    }

    /** Pages that are open ask every second, and each look-up is one at all units. */
    @Test
    void theTypesOfAJobAreLookedUpAgainWhenItHasChangedAndThatIsLongAgo() {
        UUID few = jobs.addRunning(10, 0);
        UUID many = jobs.addRunning(2_000_000, 0, 10);
        List<TypeProgress> ofFew = jobs.details(few).types();
        List<TypeProgress> ofMany = jobs.details(many).types();
        assertThat(jobs.details(few).types()).as("nothing has changed").isSameAs(ofFew);

        jobs.jdbc.sql("update work_unit set result = 'y' where ordinal = 0").update();
        jobs.jdbc
                .sql("update job set units_done = 1, work_done = 1000 where status = 'RUNNING'")
                .update();

        assertThat(jobs.details(few).types().get(1).unitsDone()).isEqualTo(1);
        assertThat(jobs.details(many).types())
                .as("looked up less than 100 s ago")
                .isSameAs(ofMany);
        jobs.jdbc.sql("update job set status = 'COMPLETED'").update();
        assertThat(jobs.details(many).types().get(1).unitsDone()).isEqualTo(1);
    }

    @Test
    void theDetailsOfARunningJobSayHowFarEachTypeIs() {
        UUID id = jobs.addRunning(10, 3);
        jobs.jdbc
                .sql("update work_unit set lease_owner = 'host:1', process = 'host:1', lease_version = 2, done = 500,"
                        + " due_at = now() + interval '8 s' where ordinal = 3")
                .update();
        jobs.jdbc
                .sql("update work_unit set fault = 'the storage is away', due_at = now() + interval '1 min'"
                        + " where ordinal = 4")
                .update();

        JobDetails details = jobs.details(id);

        JobSummary job = details.summary();
        assertThat(job.doneBytes()).isEqualTo(3500);
        assertThat(job.totalBytes()).isEqualTo(10_000);
        assertThat(job.doneRows()).isEqualTo(35);
        assertThat(job.unitsRunning()).isEqualTo(1);
        assertThat(job.failure()).isEqualTo("the storage is away");
        assertThat(job.progress().percent()).isEqualTo(35);
        assertThat(details.types())
                .containsExactly(
                        new TypeProgress("Observation", 5, 1, 1500, 5000, 15L, 50L),
                        new TypeProgress("Patient", 5, 2, 2000, 5000, 20L, 50L));
        UnitPage units = jobs.search.units(id, 3, 2);
        assertThat(units.units())
                .extracting(UnitRow::number, UnitRow::state, UnitRow::tries, UnitRow::process)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(4, UnitRow.State.RUNNING, 2, "host:1"),
                        org.assertj.core.groups.Tuple.tuple(5, UnitRow.State.RETRYING, 0, null));
        assertThat(units.next()).isEqualTo(5);
        assertThat(jobs.search.details("export", id, new JobReader("another", false)))
                .isEmpty();
        assertThat(jobs.search.details("import", id, new JobReader("", true))).isEmpty();
    }

    @Test
    void itSaysWhyAJobDoesNotGoOn() {
        UUID id = jobs.addRunning(4, 0);
        assertWaits(id, WaitingReason.Kind.NO_PROCESS, "sluice.role");

        jobs.jdbc
                .sql("insert into job_process (name, workers) values ('host:1', 2), ('host:2', 0)")
                .update();
        assertWaits(id, WaitingReason.Kind.QUEUED, "One process runs jobs");

        jobs.add(2, "export", "", "RUNNING");
        assertWaits(id, WaitingReason.Kind.QUEUED, "2 other export jobs take turns with it");

        jobs.jdbc
                .sql(
                        "update work_unit set fault = 'the storage is away', failures = 2, due_at = now() + interval '30 s'"
                                + " where ordinal = 1")
                .update();
        assertWaits(
                id, WaitingReason.Kind.RETRY, "A unit failed 2 times", "is tried again at 20", "the storage is away.");

        jobs.jdbc
                .sql("update work_unit set fault = null, lease_owner = 'host:3', due_at = now() - interval '1 s'"
                        + " where ordinal = 1")
                .update();
        assertWaits(id, WaitingReason.Kind.SILENT_PROCESS, "host:3");

        jobs.jdbc
                .sql("update work_unit set lease_owner = 'host:1', due_at = now() + interval '8 s', throttled_by ="
                        + " 'sluice.export.max-bytes-per-second' where ordinal = 1")
                .update();
        assertWaits(id, WaitingReason.Kind.THROTTLED, "sluice.export.max-bytes-per-second");

        jobs.jdbc.sql("update work_unit set throttled_by = null").update();
        assertThat(jobs.details(id).waiting()).isNull();

        jobs.jdbc.sql("update job set paused_at = now() where units = 4").update();
        assertWaits(id, WaitingReason.Kind.PAUSED, "resumed");
    }

    private void assertWaits(UUID id, WaitingReason.Kind kind, String... texts) {
        WaitingReason reason = Objects.requireNonNull(jobs.details(id).waiting());
        assertThat(reason.kind()).isEqualTo(kind);
        assertThat(reason.text()).contains(texts);
    }

    @Test
    void samplesOfRunningJobsGiveTheRateOfTheSecondHalf() {
        UUID id = jobs.addRunning(10, 6);
        jobs.jdbc
                .sql("insert into job_sample select :id, now() - interval '30 s', 30000, 1000, 10")
                .param("id", id)
                .update();

        JobDetails details = jobs.details(id);

        assertThat(details.samples()).hasSize(1);
        assertThat(details.summary().progress().bytesPerSecond()).isBetween(5_000 / 31.0, 5_000 / 29.0);
        assertThat(details.summary().progress().end()).isNotNull();
    }
}
