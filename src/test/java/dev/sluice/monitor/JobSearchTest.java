package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import java.util.ArrayList;
import java.util.List;
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

        JobPage page = jobs.search.find(JobQuery.first(10));
        while (true) {
            found.addAll(page.jobs());
            if (page.next() == null) {
                break;
            }
            page = jobs.search.find(new JobQuery(Set.of(), Set.of(), null, null, page.next(), 10));
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

        assertThat(jobs.search.find(JobQuery.first(50)).jobs()).hasSize(9);
        JobPage own = jobs.search.find(new JobQuery(Set.of(), Set.of(JobState.FAILED), "a client", null, null, 50));
        assertThat(own.jobs()).hasSize(2).allMatch(job -> job.kind().equals("import"));
        assertThat(own.totals()).containsEntry(JobState.COMPLETED, 3L).containsEntry(JobState.FAILED, 2L);
        assertThat(own.jobs().get(0).failure()).isEqualTo("ended");
        assertThat(jobs.search
                        .find(new JobQuery(Set.of("import"), Set.of(), null, null, null, 50))
                        .jobs())
                .hasSize(2);
        assertThat(jobs.search
                        .find(new JobQuery(Set.of(), Set.of(JobState.PAUSED), null, null, null, 50))
                        .jobs())
                .hasSize(1);
        assertThat(jobs.search
                        .find(new JobQuery(Set.of(), Set.of(), null, "TYPE=patient&N=3", null, 50))
                        .jobs())
                .hasSize(2);
        assertThat(jobs.search
                        .find(new JobQuery(Set.of(), Set.of(), null, "100%", null, 50))
                        .jobs())
                .isEmpty();
        String id = own.jobs().get(0).id().toString();
        assertThat(jobs.search
                        .find(new JobQuery(Set.of(), Set.of(), null, id.substring(4, 20), null, 50))
                        .jobs())
                .hasSize(1);
    }

    @Test
    void aCursorOfAnotherOriginIsRefused() {
        assertThatThrownBy(() -> jobs.search.find(new JobQuery(Set.of(), Set.of(), null, null, "x", 50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor 'x'");
    }

    @Test
    void theDetailsOfARunningJobSayHowFarEachTypeIs() {
        UUID id = jobs.addRunning(10, 3);
        jobs.jdbc
                .sql("update work_unit set lease_owner = 'host:1', process = 'host:1', lease_version = 2, done = 500"
                        + " where ordinal = 3")
                .update();
        jobs.jdbc
                .sql("update work_unit set fault = 'the storage is away', due_at = now() + interval '1 min'"
                        + " where ordinal = 4")
                .update();

        JobDetails details = jobs.search.details("export", id, "").orElseThrow();

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
        assertThat(jobs.search.details("export", id, "another")).isEmpty();
        assertThat(jobs.search.details("import", id, null)).isEmpty();
    }
}
