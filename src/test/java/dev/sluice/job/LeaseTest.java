package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.support.TransactionTemplate;

/** A process that was silent for so long that others took its units over does no harm when it comes back. */
@SlowTest
@Tag(FaultTally.TAG)
class LeaseTest {
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess stale;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        stale = EngineProcess.start(database, practice, "sluice.export.workers=2");
    }

    @AfterEach
    void stop() {
        stale.close();
        TestDatabase.drop(database);
    }

    @Test
    void aJobDoesNotFailByAStepThatWasTakenOver() {
        practice.hold = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        takeOver();

        practice.failure = "the container is gone";
        practice.hold = false;

        await().during(Duration.ofSeconds(1)).until(() -> stale.find(id).status() == JobStatus.RUNNING);
        practice.failure = "";
        otherProcessEnds();
        assertThat(stale.ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
        assertThat(practice.runs("0")).isEqualTo(2);
    }

    @Test
    void nothingIsMadeVisibleByAStepThatWasTakenOver() {
        practice.confirms = true;
        practice.hold = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        takeOver();

        practice.hold = false;

        await().during(Duration.ofSeconds(1))
                .until(() -> stale.count("select count(*) from work_unit where result is not null") == 0);
        otherProcessEnds();
        assertThat(stale.ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
    }

    @Test
    void nothingIsMadeVisibleForAUnitThatHasAResult() {
        practice.confirms = true;
        practice.hold = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.sql("update work_unit set result = 'by another'");

        practice.hold = false;

        await().until(() -> stale.bean(StepQueue.class).running().isEmpty());
        assertThat(stale.find(id).status()).isEqualTo(JobStatus.RUNNING); // the other one is to count its unit
    }

    @Test
    void aUnitOfAJobThatIsOverRecordsNoResult() {
        practice.deaf = true;
        stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.sql("update job set status = 'DISCARDED', lease_owner = 'another', due_at = now() + interval '1 minute'");

        practice.deaf = false;

        await().until(() -> stale.bean(StepQueue.class).running().isEmpty());
        assertThat(stale.count("select count(*) from work_unit where result is null and lease_owner is null"))
                .isEqualTo(1);
    }

    @Test
    void aUnitOfAJobThatIsOverDoesNotEndItAgain() {
        practice.failure = "the container is gone";
        practice.deaf = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.sql("update job set status = 'DISCARDED', lease_owner = 'another', due_at = now() + interval '1 minute'");

        practice.deaf = false;

        await().until(() -> stale.bean(StepQueue.class).running().isEmpty());
        assertThat(stale.count("select count(*) from job where status = 'DISCARDED' and id = '" + id + "'"))
                .isEqualTo(1);
        assertThat(stale.count("select count(*) from work_unit where result is null and lease_owner is null"))
                .isEqualTo(1);
    }

    /** All statements lock the job first: this one as those that plan a job again, or close a page of its results. */
    @Test
    void aUnitThatEndsIsInNoDeadlockWithAChangeOfItsJob() throws Exception {
        practice.hold = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        try (Connection other = DriverManager.getConnection(database);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from job for no key update");

            practice.hold = false;
            await().until(() -> stale.count("select count(*) from pg_stat_activity where datname = current_database()"
                            + " and wait_event_type = 'Lock'")
                    == 1);
            statement.execute("update work_unit set payload = payload");
            other.commit();
        }

        assertThat(stale.ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
        assertThat(practice.runs("0")).isEqualTo(1);
    }

    @Test
    void theEndOfAJobIsNotMadeVisibleWithoutItsLease() {
        practice.confirms = true;
        practice.held.add("finish");
        UUID id = stale.submit(1);
        await().until(() ->
                stale.count("select count(*) from job where lease_owner is not null and units_done = 1") == 1);
        stale.sql("update job set lease_owner = 'another', lease_version = lease_version + 1,"
                + " due_at = now() + interval '1 minute'");
        FaultTally.of(LeaseTest.class).fault();

        practice.held.clear();
        await().until(() -> stale.bean(StepQueue.class).running().isEmpty());

        assertThat(practice.finished).hasValue(0);
        stale.sql("update job set lease_owner = null, due_at = now()");
        assertThat(stale.ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
        assertThat(practice.finished).hasValue(1);
    }

    /** Its files become visible after the others are erased, if it was paused for long just before that. */
    @ParameterizedTest
    @EnumSource(names = {"FAILED", "DISCARDED"})
    void whatAUnitMakesVisibleAfterTheJobWasErasedIsErased(JobStatus status) {
        practice.deaf = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);

        stale.sql("update job set status = '" + status + "', ending = null, attempts = 0, due_at = now()");
        stale.sql("update work_unit set lease_owner = 'paused', due_at = now()"); // it is not renewed
        FaultTally.of(LeaseTest.class).fault();
        awaitErased(id, 1);
        practice.deaf = false;

        awaitErased(id, 2);
    }

    /** They may come after the list of what is erased was made. */
    @Test
    void aJobIsNotRemovedIfAUnitEndsWhileItIsErased() {
        practice.deaf = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.sql("update job set status = 'DISCARDED', ending = null, attempts = 1, lease_owner = 'eraser',"
                + " lease_version = 100, due_at = now() + interval '1 minute'");
        practice.deaf = false;
        await().until(() -> stale.bean(StepQueue.class).running().isEmpty());

        Integer removed = stale.bean(TransactionTemplate.class)
                .execute(status -> stale.bean(JobRepository.class).delete(id, "eraser", 100));

        assertThat(removed)
                .as("a unit holds no lease any more, and its files may be there")
                .isZero();
        stale.sql("update job set lease_owner = null, due_at = now()");
        awaitErased(id, 1);
    }

    /** So are those of a process that was killed when they had become visible. */
    @Test
    void aDiscardedJobWithASilentProcessIsErasedOnceMoreAfterADay() {
        practice.deaf = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.jobs().discard(Practice.KIND, id.toString(), "");
        stale.sql("update work_unit set lease_owner = 'killed', due_at = now()"); // nobody begins it again
        awaitErased(id, 1);
        stale.bean(StepQueue.class).correctTimes();
        assertThat(stale.count("select count(*) from job where due_at > now() + interval '23 hours'"))
                .isEqualTo(1);

        stale.sql("update job set due_at = now()");

        awaitErased(id, 2);
        await().until(() -> stale.count("select count(*) from job") == 0);
        practice.deaf = false;
    }

    private void awaitErased(UUID id, int times) {
        await().until(() ->
                practice.erased.getOrDefault(id, new AtomicInteger()).get() == times
                        && stale.count("select count(*) from job where lease_owner is not null") == 0);
    }

    /** As if another process had found the unit silent, and had been given it. */
    private void takeOver() {
        assertThat(stale.sql("update work_unit set lease_owner = 'another', lease_version = lease_version + 1,"
                        + " due_at = now() + interval '1 minute' where lease_owner is not null"))
                .isEqualTo(1);
        FaultTally.of(LeaseTest.class).fault();
    }

    private void otherProcessEnds() {
        assertThat(stale.sql("update work_unit set lease_owner = null, due_at = now() where lease_owner = 'another'"))
                .isEqualTo(1);
    }
}
