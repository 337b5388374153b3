package dev.sluice.job;

import static dev.sluice.job.EngineProcess.ending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.FaultTally;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that was silent for so long that others took its units over does no harm when it comes back. */
@IntegrationTest
@Tag(FaultTally.TAG)
class LeaseTest {
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess stale;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        stale = EngineProcess.start(database, practice, "sluice.export.workers=1");
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
        assertThat(ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
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
        assertThat(ending(stale.awaitEnd(id))).isEqualTo("[did 0]");
    }

    @Test
    void nothingIsMadeVisibleForAUnitThatHasAResult() {
        practice.confirms = true;
        practice.hold = true;
        UUID id = stale.submit(1);
        await().until(() -> practice.holders.get() == 1);
        stale.sql("update work_unit set result = 'by another'");

        practice.hold = false;

        await().until(() -> stale.bean(StepQueue.class).held().isEmpty());
        assertThat(stale.find(id).status()).isEqualTo(JobStatus.RUNNING); // the other one is to count its unit
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
