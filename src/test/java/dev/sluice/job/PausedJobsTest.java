package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A job that is paused stops, keeps what it has, and goes on when it is resumed. */
@SlowTest
class PausedJobsTest {
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess process;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        process = EngineProcess.start(database, practice, "sluice.export.workers=2");
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void itsUnitsStopAreHandedBackAndRunAgainWhenItIsResumed() {
        practice.held.add("1");
        practice.held.add("2");
        UUID id = process.submit(4);
        await().until(() -> practice.holders.get() == 2);
        long doneBefore = process.count("select units_done from job");

        long paused = System.nanoTime();
        assertThat(pause(id)).contains(true);
        assertThat(pause(id)).contains(false);
        await().until(() -> practice.holders.get() == 0);
        await().until(() -> process.count("select count(*) from work_unit where lease_owner is not null") == 0);

        assertThat(Duration.ofNanos(System.nanoTime() - paused))
                .as("a second, with time to spare for a loaded machine")
                .isLessThan(Duration.ofSeconds(5));
        practice.held.clear();
        process.bean(Workers.class).lookForSteps(new JobTransitions.StepsAdded(Practice.KIND));
        assertThat(process.bean(StepQueue.class).lease(Practice.KIND)).isEmpty();
        Job job = process.find(id);
        assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(job.progress().text(job.progress().updated())).contains("paused since");
        assertThat(process.count("select sum(failures) + sum(attempts) from work_unit where result is null"))
                .as("a pause is no failure and no start that did not end")
                .isZero();
        assertThat(process.count("select units_done from job")).isEqualTo(doneBefore);

        assertThat(resume(id)).contains(true);
        assertThat(resume(id)).as("it may have ended").isNotEqualTo(Optional.of(true));

        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2, did 3]");
        assertThat(practice.runs("1")).isEqualTo(2);
        assertThat(practice.runs("0")).isEqualTo(1);
        assertThat(pause(id)).as("it has ended").isEmpty();
        assertThat(changes(id))
                .containsExactly("PLANNED", "PAUSED", "HANDED_BACK", "HANDED_BACK", "RESUMED", "COMPLETED");
    }

    /** Its files may be visible already, and would be written twice otherwise. */
    @Test
    void aUnitThatIsDoneWhileTheJobIsBeingPausedIsRecorded() {
        practice.deaf = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);

        pause(id);
        practice.deaf = false;

        await().until(() -> process.count("select units_done from job") == 1);
        assertThat(process.find(id).ending()).as("the end is a step too").isNull();
        resume(id);
        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0]");
        assertThat(practice.runs("0")).isEqualTo(1);
    }

    @Test
    void aUnitThatChecksItsLeaseBeforeItCommitsIsRefusedWhenTheJobIsPaused() {
        practice.confirms = true;
        practice.deaf = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);

        pause(id);
        practice.deaf = false;

        await().until(() -> process.count("select count(*) from work_unit where lease_owner is not null") == 0);
        assertThat(process.count("select units_done from job")).isZero();
        resume(id);
        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0]");
    }

    @Test
    void aJobThatIsNotPlannedIsPlannedWhenItIsResumed() {
        process.bean(Workers.class).pause();
        UUID id = process.submit(1);
        pause(id);
        process.bean(Workers.class).resume();

        assertThat(process.bean(StepQueue.class).lease(Practice.KIND)).isEmpty();
        assertThat(practice.plans).hasValue(0);
        assertThat(process.find(id).progress().text(process.find(id).progress().updated()))
                .startsWith("paused since");
        resume(id);
        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0]");
    }

    @Test
    void aPausedJobCanBeCancelledAndIsErased() {
        practice.hold = true;
        UUID id = process.submit(2);
        await().until(() -> practice.holders.get() == 2);
        pause(id);

        assertThat(process.jobs().discard(Practice.KIND, id.toString(), "")).isTrue();

        await().until(() -> process.count("select count(*) from job") == 0);
        assertThat(practice.erased).containsKey(id);
        assertThat(process.count("select count(*) from job_event")).isZero();
        assertThat(pause(id)).isEmpty();
        assertThat(resume(id)).isEmpty();
    }

    /** Its patience would be over otherwise, though it was not tried. */
    @Test
    void theTimeOfAPauseIsNotCountedAsTimeOfFailures() {
        practice.faults.put("0", new AtomicInteger(1_000));
        UUID id = process.submit(1);
        await().until(() -> process.count("select sum(failures) from work_unit") > 0);
        pause(id);
        await().until(() -> process.count("select count(*) from work_unit where lease_owner is not null") == 0);
        process.sql(
                "update job set paused_at = paused_at - interval '1 hour', started_at = started_at - interval '2 hours'");
        process.sql("update work_unit set failing_since = failing_since - interval '1 hour'");

        resume(id);

        assertThat(process.count(
                        "select extract(epoch from clock_timestamp() - min(failing_since))::bigint from work_unit"))
                .isLessThan(60);
        assertThat(process.count("select paused_millis from job")).isBetween(3_600_000L, 3_700_000L);
    }

    /** A job of days has a few hundred of them. */
    @Test
    void samplesOfARunningJobAreTakenWhileItRunsAndThinned() {
        practice.hold = true;
        UUID id = process.submit(2);
        await().until(() -> process.count("select count(*) from job_sample") > 0);
        pause(id);
        await().until(() -> process.count("select count(*) from work_unit where lease_owner is not null") == 0);
        process.sql("update job set started_at = clock_timestamp() - interval '500 s'");
        process.sql("delete from job_sample");
        process.sql("insert into job_sample select id, started_at + n * interval '1 s', n * 1000, n, n"
                + " from job, generate_series(1, 450) n");

        resume(id);

        await().until(() -> process.count("select count(*) from job_sample") < 300);
        assertThat(process.count("select count(*) from job_sample")).isBetween(220L, 230L);
        assertThat(process.count("select max(running_millis) from job_sample")).isBetween(480_000L, 600_000L);
        practice.hold = false;
        process.awaitEnd(id);
    }

    /** So that it can be said why a job waits. */
    @Test
    void eachProcessRecordsThatItLives() {
        await().until(() -> process.count("select count(*) from job_process where workers = 2") == 1);
        process.sql("update job_process set seen_at = seen_at - interval '2 hours'");
        process.sql("insert into job_process (name, workers, seen_at) values ('gone', 1, now() - interval '2 hours')");

        process.bean(JobMaintenance.class).maintain();

        assertThat(process.count("select count(*) from job_process where seen_at > now() - interval '1 min'"))
                .isEqualTo(1);
        assertThat(process.count("select count(*) from job_process")).isEqualTo(1);
    }

    /** A pause and a resumption in the middle of everything: each unit is in the result once. */
    @Test
    void jobsThatArePausedAgainAndAgainInTwoProcessesLoseNothing() {
        Practice other = new Practice();
        practice.confirms = true;
        other.confirms = true;
        practice.pauseMillis = 3;
        other.pauseMillis = 3;
        try (EngineProcess second = EngineProcess.start(database, other, "sluice.poll-interval=20ms")) {
            UUID id = process.submit(150);
            for (int i = 0; process.find(id).ending() == null; i++) {
                Jobs jobs = i % 2 == 0 ? process.jobs() : second.jobs();
                Optional<Boolean> paused = jobs.pause(Practice.KIND, id.toString(), "");
                long done = process.count("select units_done from job");
                jobs.resume(Practice.KIND, id.toString(), "");
                if (paused.isPresent()) {
                    await().until(() -> process.count("select units_done from job") > done
                            || process.find(id).ending() != null);
                }
            }
            String[] results = process.ending(process.find(id)).split(", ");
            assertThat(results).hasSize(150).doesNotHaveDuplicates();
            assertThat(process.count("select work_done from job")).isEqualTo(1500);
            assertThat(process.count("select rows_done from job")).isEqualTo(150);
        }
    }

    private Optional<Boolean> pause(UUID id) {
        return process.jobs().pause(Practice.KIND, id.toString(), "");
    }

    private Optional<Boolean> resume(UUID id) {
        return process.jobs().resume(Practice.KIND, id.toString(), "");
    }

    private List<String> changes(UUID id) {
        return process.bean(JdbcClient.class)
                .sql("select change from job_event where job_id = :id order by id")
                .param("id", id)
                .query(String.class)
                .list();
    }
}
