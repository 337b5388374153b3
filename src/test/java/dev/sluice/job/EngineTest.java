package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine by itself, on a real database, with a kind of job that does what a test tells it. */
@IntegrationTest
class EngineTest {
    private String database;
    private EngineProcess process;
    private Jobs jobs;
    private Practice practice;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        practice = new Practice();
        process = EngineProcess.start(database, practice);
        jobs = process.jobs();
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void aJobRunsEachOfItsUnitsAndCollectsTheirResultsInOrder() {
        UUID id = process.submit(5);

        Job job = process.awaitEnd(id);

        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(process.ending(job)).isEqualTo("[did 0, did 1, did 2, did 3, did 4]");
        assertThat(job.progress().done()).isEqualTo(job.progress().total()).isEqualTo(50);
    }

    @Test
    void aProcessTakesNoMoreUnitsThanItRuns() {
        // The plan that PostgreSQL chooses by itself when its statistics are out of date.
        process.close();
        process = EngineProcess.start(
                database + "&options=-c%20enable_hashagg=off%20-c%20enable_hashjoin=off%20-c%20enable_mergejoin=off"
                        + "%20-c%20enable_sort=off%20-c%20enable_material=off",
                practice);
        practice.pauseMillis = 5;

        UUID id = process.submit(200);

        long most = 0;
        while (process.find(id).ending() == null) {
            most = Math.max(most, process.count("select count(*) from work_unit where lease_owner is not null"));
        }
        assertThat(most).isBetween(1L, (long) Runtime.getRuntime().availableProcessors() + 1);
    }

    /** Its files may become visible until its thread returns, and what is erased before that would stay. */
    @Test
    void aUnitThatDoesNotStopKeepsItsLeaseAndIsErasedAfterwards() {
        process.close();
        process = EngineProcess.start(database, practice, "sluice.lease=1s");
        jobs = process.jobs();
        practice.deaf = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() > 0);
        jobs.discard(Practice.KIND, id.toString(), "");

        for (int renewed = 0; renewed < 3; renewed++) {
            long due = dueMillis();
            await().until(() -> dueMillis() > due + 500);
        }
        assertThat(practice.erased).doesNotContainKey(id);

        practice.deaf = false;
        await().until(() -> practice.erased.containsKey(id));
    }

    private long dueMillis() {
        return process.count("select (extract(epoch from max(due_at)) * 1000)::bigint from work_unit");
    }

    /** A result says that the files are the client's, and the reason of a failure is none. */
    @Test
    void aFailedJobThatIsDiscardedBeforeItIsErasedHasNoResult() {
        practice.failure = "it cannot be done";
        UUID id = process.submit(1);
        process.awaitEnd(id);
        process.sql("update job set erased = false, due_at = clock_timestamp() + interval '1 hour', lease_owner = 'x'");

        assertThat(jobs.discard(Practice.KIND, id.toString(), "")).isTrue();

        assertThat(process.count("select count(*) from job where status = 'DISCARDED' and ending is null"))
                .isEqualTo(1);
    }

    @Test
    void aJobWithoutUnitsIsFinishedAtOnce() {
        assertThat(process.ending(process.awaitEnd(process.submit(0)))).isEqualTo("[]");
    }

    @Test
    void aPassingFaultIsTriedAgain() {
        practice.faults.put("1", new AtomicInteger(2));

        Job job = process.awaitEnd(process.submit(3));

        assertThat(process.ending(job)).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.runs.get("1")).hasValue(3);
    }

    @Test
    void aUnitThatRunsOutOfMemoryIsTriedAgainAndTheOthersGoOn() {
        practice.exhausts.put("1", new AtomicInteger(2));

        Job job = process.awaitEnd(process.submit(3));

        assertThat(process.ending(job)).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.runs.get("1")).hasValue(3);
        assertThat(practice.runs("0") + practice.runs("2")).isEqualTo(2);
    }

    @Test
    void aLastingFaultEndsTheJobWithItsReasonAndErasesWhatItMade() {
        practice.failure = "the disk is full; free some space";

        UUID id = process.submit(3);
        Job job = process.awaitEnd(id);

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(process.ending(job)).isEqualTo("the disk is full; free some space");
        await().untilAsserted(() -> assertThat(practice.erased).containsKey(id));
        assertThat(jobs.find(Practice.KIND, id.toString(), "")).isPresent();
    }

    /** It is tried until it succeeds, and nobody sees the events of the job any more. */
    @Test
    void triesToEraseAreNoEvents() {
        practice.failure = "the disk is full; free some space";
        practice.eraseFaults = 1;
        UUID id = process.submit(1);
        process.awaitEnd(id);

        await().until(() -> process.count("select count(*) from job where erased and lease_owner is null") == 1);

        assertThat(practice.erased.get(id)).hasValue(2);
        assertThat(process.count("select count(*) from job_event where change <> 'FAILED'"))
                .isEqualTo(process.count("select count(*) from job_event where change = 'PLANNED'"));
    }

    @Test
    void aFaultThatWouldBeTheSameEachTimeEndsTheJobAtOnce() {
        practice.bug = new ClassCastException("class StringNode cannot be cast to class ObjectNode");

        Job job = process.awaitEnd(process.submit(1));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(process.ending(job))
                .startsWith("A fault of the server ended it")
                .contains("log")
                .doesNotContain("ClassCastException");
        assertThat(practice.runs("0")).isEqualTo(1);
    }

    @Test
    void discardingStopsARunningUnitWithinASecondAndForgetsTheJob() throws Exception {
        practice.hold = true;
        UUID id = process.submit(2);
        practice.holding.await();

        long cancelled = System.nanoTime();
        assertThat(jobs.discard(Practice.KIND, id.toString(), "")).isTrue();
        assertThat(jobs.find(Practice.KIND, id.toString(), "")).isEmpty();
        assertThat(jobs.discard(Practice.KIND, id.toString(), "")).isFalse();
        await().until(() -> practice.holders.get() == 0);

        assertThat(Duration.ofNanos(System.nanoTime() - cancelled))
                .as("a second, with time to spare for a loaded machine")
                .isLessThan(Duration.ofSeconds(5));
        await().until(() -> process.count("select count(*) from job") == 0);
        assertThat(practice.erased).containsKey(id);
    }

    @Test
    void aJobOfAnotherKindIsNotFound() {
        UUID id = process.submit(1);
        process.awaitEnd(id);

        assertThat(jobs.find("another", id.toString(), "")).isEmpty();
        assertThat(jobs.discard("another", id.toString(), "")).isFalse();
    }

    @Test
    void aFinishedJobIsErasedWhenItsRetentionIsOver() {
        process.close();
        process = EngineProcess.start(database, practice, "sluice.export.retention=1s");
        jobs = process.jobs();
        UUID id = process.submit(1);
        await().until(() -> practice.finished.get() == 1);

        await().until(() -> {
            process.bean(JobMaintenance.class).maintain();
            return jobs.find(Practice.KIND, id.toString(), "").isEmpty();
        });

        await().until(() -> practice.erased.containsKey(id));
    }

    @Test
    void twoProcessesShareTheUnitsAndRunEachOnce() {
        Practice other = new Practice();
        try (EngineProcess second = EngineProcess.start(database, other)) {
            assertThat(second.jobs()).isNotSameAs(jobs);
            practice.pauseMillis = 100; // the other process looks for steps every second
            other.pauseMillis = 100;

            Job job = process.awaitEnd(process.submit(60));

            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(practice.runs.size() + other.runs.size()).isEqualTo(60);
            assertThat(practice.runs).isNotEmpty();
            assertThat(other.runs).isNotEmpty();
        }
    }
}
