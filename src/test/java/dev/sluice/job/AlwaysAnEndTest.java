package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job comes to an end, whatever becomes of its steps. */
@SlowTest
@Tag(FaultTally.TAG)
class AlwaysAnEndTest {
    private static final String UNITS =
            " insert into work_unit (job_id, ordinal, payload, work, done) select id, n, n, 10, 0"
                    + " from job, generate_series(0, 1) n;";

    private final Practice practice = new Practice();
    private String database;
    private EngineProcess process;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        process = EngineProcess.start(
                database,
                practice,
                "sluice.export.workers=1",
                "sluice.poll-interval=50ms", // so that a step is begun soon after the test makes it due
                "sluice.export.patience=2s",
                "sluice.export.stall-limit=500ms");
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void aFaultThatDoesNotPassEndsTheJobWhenItsTimeIsUpAndSaysSo() {
        practice.faults.put("1", new AtomicInteger(1_000));

        Job job = endWithoutPauses(process.submit(3));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(process.ending(job))
                .matches(
                        "The job is given up: a unit failed \\d+ times within [2-9]s and got no further; the last time: a"
                                + " fault that passes, at https://\\Q***@host/?sig=***\\E");
        assertThat(practice.runs("1")).isGreaterThanOrEqualTo(RetryPolicy.LEAST_FAILURES);
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    /** Patience is a time since the unit last got further: not since it failed first, and not without an end. */
    @Test
    void aUnitThatGetsFurtherEachTimeIsTriedForLongerAndEndsAllTheSame() {
        practice.reaches = List.of(3, 6, 9);

        Job job = endWithoutPauses(process.submit(1));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(process.ending(job))
                .matches("The job is given up: a unit failed \\d+ times within [2-9]s and got no further; the last"
                        + " time: the connection was lost");
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    /** The time since the first failure would be less than nothing for an hour. */
    @Test
    void patienceEndsThoughTheDatabasesClockWasSetBack() {
        practice.faults.put("0", new AtomicInteger(1_000));
        UUID id = process.submit(1);
        await().until(() -> process.count("select count(*) from work_unit where failing_since is not null") == 1);

        process.sql("update work_unit set failing_since = failing_since + interval '1 hour'");

        assertThat(process.ending(endWithoutPauses(id))).contains("The job is given up");
    }

    /** A long step that runs well in between does not end of its second fault. */
    @Test
    void aStepThatFailsSeldomIsTriedAgainHoweverLongAgoItFailedFirst() {
        practice.faults.put("0", new AtomicInteger(RetryPolicy.LEAST_FAILURES - 1));
        UUID id = process.submit(1);
        await().until(() -> process.count("select count(*) from work_unit where failing_since is not null") == 1);

        process.sql("update work_unit set failing_since = failing_since - interval '1 hour'");

        assertThat(endWithoutPauses(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    private Job endWithoutPauses(UUID id) {
        await().until(() -> {
            process.sql("update work_unit set due_at = now() where lease_owner is null and due_at > now()");
            return process.find(id).ending() != null;
        });
        return process.awaitEnd(id);
    }

    @Test
    void theStatusSaysWhyAStepWaits() {
        practice.faults.put("0", new AtomicInteger(1));
        UUID id = process.submit(1);

        await().until(() -> process.find(id).progress().text(Instant.EPOCH).contains("again"));
        assertThat(process.find(id).progress().text(Instant.EPOCH))
                .isEqualTo(
                        "0% (0 of 0 MB), a unit failed once and is tried again: a fault that passes, at https://***@host/...");
        assertThat(process.awaitEnd(id).progress().trouble()).isNull();
    }

    @Test
    void aUnitThatHangsIsInterruptedAndTriedAgain() {
        practice.blocks.set(1);

        Job job = process.awaitEnd(process.submit(2));

        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(practice.runs("0") + practice.runs("1")).isEqualTo(3);
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    @Test
    void aUnitThatHangsEachTimeEndsTheJob() {
        practice.blocks.set(1_000);

        assertThat(process.ending(endWithoutPauses(process.submit(1)))).contains("no progress for 0.5s");
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    @Test
    void aStepThatTakesItsProcessWithItEachTimeEndsTheJob() {
        practice.hold = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);
        process.sql("update work_unit set attempts = " + (Engine.MAX_STARTS - 1)); // this is its last time but one
        loseTheLease();
        await().until(() -> practice.runs("0") == 2);
        assertThat(process.find(id).ending()).isNull();
        loseTheLease();

        assertThat(process.ending(process.awaitEnd(id))).contains("started 3 times", "memory");
    }

    /** A long import is not the fault of the steps beside it that end its process. */
    @Test
    void aLostStepThatGetsFurtherEachTimeIsBegunAgain() {
        practice.hold = true;
        UUID id = process.submit(1);
        for (int lost = 1; lost <= 2 * Engine.MAX_STARTS; lost++) {
            int runs = lost;
            await().until(() -> practice.runs("0") == runs && practice.holders.get() == 1);
            process.sql("update work_unit set done = " + lost);
            loseTheLease();
        }
        await().until(() -> practice.runs("0") == 2 * Engine.MAX_STARTS + 1);
        practice.hold = false;

        assertThat(process.awaitEnd(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @ParameterizedTest
    @EnumSource
    void aStepOfADeadProcessIsTakenWhenItsLeaseIsOver(Step step) {
        process.bean(Workers.class).pause();
        UUID id = process.submit(2);
        Map<Step, String> changes = Map.of(
                Step.PLAN,
                "update job set",
                Step.RUN,
                "update job set plan = 'the plan', status = 'RUNNING', units = 2;" + UNITS + " update work_unit set",
                Step.FINISH,
                "update job set plan = 'the plan', status = 'RUNNING',",
                Step.ERASE,
                "update job set status = 'FAILED', ending = 'it is broken', finished_at = now(),"
                        + " expires_at = now() + interval '1 day',");
        process.sql(
                changes.get(step) + " lease_owner = 'dead', lease_version = 1, due_at = now() + interval '1 second'");
        FaultTally.of(AlwaysAnEndTest.class).fault();

        process.bean(Workers.class).resume();

        String end = Map.of(Step.FINISH, "[]", Step.ERASE, "it is broken").getOrDefault(step, "[did 0, did 1]");
        assertThat(process.ending(process.awaitEnd(id))).isEqualTo(end);
        if (step == Step.ERASE) {
            await().until(() -> process.count("select count(*) from job where erased and lease_owner is null") == 1);
            assertThat(practice.erased).containsKey(id);
        }
    }

    @Test
    void timesOfAFutureThatTheDatabasesClockHasLeftAreCorrected() {
        process.bean(Workers.class).pause();
        UUID id = process.submit(1);
        process.sql("update job set due_at = now() + interval '1 hour'");

        process.bean(Workers.class).resume();
        process.bean(JobMaintenance.class).maintain();

        process.awaitEnd(id);
    }

    /** As if the process that runs the unit had died, and its lease were over. */
    private void loseTheLease() {
        assertThat(process.sql("update work_unit set lease_owner = null, due_at = now() where lease_owner is not null"))
                .isEqualTo(1);
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }
}
