package dev.sluice.job;

import static dev.sluice.job.EngineProcess.ending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import dev.sluice.FaultTally;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A job comes to an end, whatever becomes of its steps. */
@IntegrationTest
@Tag(FaultTally.TAG)
class AlwaysAnEndTest {
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
        assertThat(ending(job))
                .matches(
                        "The job is given up: a unit failed \\d+ times within [2-9]s and got no further; the last time: a"
                                + " fault that passes, at https://\\Q***@host/?sig=***\\E");
        assertThat(practice.runs("1")).isGreaterThanOrEqualTo(Engine.LEAST_FAILURES);
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    /** Patience is a time since the unit last got further: not since it failed first, and not without an end. */
    @Test
    void aUnitThatGetsFurtherEachTimeIsTriedForLongerAndEndsAllTheSame() {
        practice.reaches = List.of(3, 6, 9);

        Job job = endWithoutPauses(process.submit(1));

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(ending(job))
                .matches("The job is given up: a unit failed \\d+ times within [2-9]s and got no further; the last"
                        + " time: the connection was lost");
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    /** A long step that runs well in between does not end of its second fault. */
    @Test
    void aStepThatFailsSeldomIsTriedAgainHoweverLongAgoItFailedFirst() {
        practice.faults.put("0", new AtomicInteger(Engine.LEAST_FAILURES - 1));
        UUID id = process.submit(1);
        await().until(() -> process.count("select count(*) from scheduled_tasks where failing_since is not null") == 1);

        process.sql("update scheduled_tasks set failing_since = failing_since - interval '1 hour'");

        assertThat(endWithoutPauses(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    private Job endWithoutPauses(UUID id) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            process.sql(
                    "update scheduled_tasks set execution_time = now() where not picked and execution_time > now()");
            return process.find(id).ending() != null;
        });
        return process.awaitEnd(id);
    }

    @Test
    void theStatusSaysWhyAStepWaits() {
        practice.faults.put("0", new AtomicInteger(1));
        UUID id = process.submit(1);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> process.find(id).progress().text(Instant.EPOCH).contains("again"));
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

        assertThat(ending(endWithoutPauses(process.submit(1)))).contains("no progress for 0.5s");
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    @Test
    void aStepThatTakesItsProcessWithItEachTimeEndsTheJob() {
        practice.hold = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);
        process.sql("update work_unit set attempts = " + (Engine.MAX_LOST - 1)); // this is its last time but one
        loseTheHolderOf("run");
        await().until(() -> practice.runs("0") == 2);
        assertThat(process.find(id).ending()).isNull();
        loseTheHolderOf("run");

        assertThat(ending(process.awaitEnd(id))).contains("begun 20 times", "memory");
    }

    @Test
    void aPlanThatHasVanishedFromTheAgendaComesBack() {
        process.bean(Scheduler.class).pause();
        UUID id = process.submit(3);
        lose("plan");

        process.bean(Scheduler.class).resume();
        process.bean(Watchdog.class).look();

        assertThat(ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2]");
    }

    @Test
    void unitsThatHaveVanishedFromTheAgendaComeBack() {
        practice.hold = true;
        UUID id = process.submit(3);
        await().until(() -> practice.holders.get() == 1);
        lose("run");
        practice.hold = false;
        await().until(() -> process.count("select count(*) from scheduled_tasks") == 0);

        process.bean(Watchdog.class).look();

        assertThat(ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2]");
    }

    @Test
    void anEndingThatHasVanishedFromTheAgendaComesBack() {
        practice.hold = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);
        process.bean(Scheduler.class).pause();
        practice.hold = false;
        await().until(() -> process.count("select count(*) from scheduled_tasks where task_name = 'finish'") == 1);
        lose("finish");

        process.bean(Scheduler.class).resume();
        process.bean(Watchdog.class).look();

        assertThat(ending(process.awaitEnd(id))).isEqualTo("[did 0]");
    }

    @Test
    void anErasureThatHasVanishedFromTheAgendaComesBack() {
        practice.failure = "it is broken";
        UUID failed = process.submit(1);
        process.awaitEnd(failed);
        await().until(() -> process.count("select count(*) from scheduled_tasks") == 0);
        practice.failure = "";
        UUID discarded = process.submit(1);
        process.awaitEnd(discarded);
        process.bean(Scheduler.class).pause();
        process.jobs().discard(Practice.KIND, discarded.toString());
        lose("erase");
        process.sql("update job set erased = false");
        practice.erased.clear();

        process.bean(Watchdog.class).look();
        process.bean(Scheduler.class).resume();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> practice.erased.containsKey(failed) && practice.erased.containsKey(discarded));
        await().until(() -> process.count("select count(*) from job") == 1);
        process.bean(Watchdog.class).look();
        assertThat(process.count("select count(*) from scheduled_tasks")).isZero();
    }

    @Test
    void entriesOfAFutureThatTheDatabasesClockHasLeftAreTakenUp() {
        process.bean(Scheduler.class).pause();
        UUID id = process.submit(1);
        process.sql("update scheduled_tasks set execution_time = now() + interval '1 hour'");

        process.bean(Scheduler.class).resume();
        process.bean(Watchdog.class).look();

        process.awaitEnd(id);
    }

    private void lose(String step) {
        assertThat(process.sql("delete from scheduled_tasks where not picked and task_name = '" + step + "'"))
                .isPositive();
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }

    /** As if the process that does the step had died, and its entry had been revived. */
    private void loseTheHolderOf(String task) {
        assertThat(process.sql("update scheduled_tasks set picked = false, picked_by = null, version = version + 1,"
                        + " execution_time = now() where picked and task_name = '" + task + "'"))
                .isEqualTo(1);
        FaultTally.of(AlwaysAnEndTest.class).fault();
    }
}
