package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job whose plan cannot be read, or whose planning did not end, is planned again. */
@SlowTest
class OutdatedPlanTest {
    private String database;
    private EngineProcess process;
    private Practice practice;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        practice = new Practice();
        process = EngineProcess.start(database, practice);
    }

    @AfterEach
    void stop() {
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void aJobThatAnOlderVersionPlannedIsPlannedAgain() {
        UUID id = stopsWithPlan("null");

        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.plans).hasValue(2);
        assertThat(practice.outdated).as("what units of the outdated plan made").hasValue(1);
        assertThat(practice.cleared).hasValue(1);
    }

    @Test
    void aJobWhosePlanHasAnotherFormIsPlannedAgain() {
        UUID id = stopsWithPlan("'a plan of another form'");

        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.plans).hasValue(2);
        assertThat(practice.outdated).as("what units of the outdated plan made").hasValue(1);
        assertThat(practice.cleared).hasValue(1);
    }

    @Test
    void aJobOfWhichAClientHasReadPagesIsNotPlannedAgain() {
        practice.hold = true;
        UUID id = process.submit(3);
        await().until(() -> practice.holders.get() > 0);
        process.sql("update work_unit set page = 1 where ordinal = 2");
        process.sql("update job set plan = null");
        process.close();
        practice.hold = false;
        process = EngineProcess.start(database, practice);

        Job job = process.awaitEnd(id);

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(process.ending(job)).contains("Another version of Sluice planned the job", "Start it again");
    }

    /** A page that is being closed at this time is waited for. */
    @Test
    void aJobOfWhichAClientIsReadingAPageIsNotPlannedAgain() throws Exception {
        UUID id;
        try (Connection reader = DriverManager.getConnection(database);
                Statement page = reader.createStatement()) {
            practice.hold = true;
            id = process.submit(3);
            await().until(() -> practice.holders.get() > 0);
            process.sql("update job set plan = null");
            process.close();
            practice.hold = false;
            reader.setAutoCommit(false);
            page.execute("select from job for no key update");
            page.execute("update work_unit set page = 1 where ordinal = 2");
            process = EngineProcess.start(database, practice);
            await().until(() -> process.count("select count(*) from pg_stat_activity where datname = current_database()"
                            + " and wait_event_type = 'Lock'")
                    > 0);
            reader.commit();
        }

        assertThat(process.awaitEnd(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(practice.plans).hasValue(1);
    }

    @Test
    void aJobWhosePlansCannotBeReadFails() {
        practice.unreadable = true;

        Job job = process.awaitEnd(process.submit(1));

        assertThat(process.ending(job))
                .contains("in a form that this version cannot read", "planned 3 times", "Start it again");
        assertThat(practice.plans).hasValue(3);
    }

    @Test
    void whatAPlanningMadeThatDidNotEndIsDeletedBeforeTheNextOne() {
        process.bean(Workers.class).pause();
        UUID id = process.submit(1);
        process.sql("update job set lease_owner = 'dead', lease_version = 1, attempts = 1, due_at = now()");

        process.bean(Workers.class).resume();

        process.awaitEnd(id);
        assertThat(practice.cleared).hasValue(1);
        assertThat(practice.outdated).as("there were no units").hasValue(0);
    }

    /** The other process may have planned it already, and its files have the same names. */
    @Test
    void aProcessThatHasLostTheJobErasesNothingOfIt() {
        practice.held.add("outdated");
        UUID id = stopsWithPlan("'a plan of another form'");
        await().until(() -> practice.outdated.get() == 1);
        process.sql("update job set lease_owner = 'another', lease_version = lease_version + 1,"
                + " due_at = now() + interval '1 minute'");

        practice.held.clear();
        await().until(() -> process.bean(StepQueue.class).running().isEmpty());

        assertThat(practice.cleared).hasValue(0);
        assertThat(practice.plans).hasValue(1);
        process.sql("update job set lease_owner = null, due_at = now()");
        assertThat(process.ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1, did 2]");
        assertThat(practice.plans).hasValue(2);
    }

    /** A job of three units whose process stops, and whose plan then is another one, as SQL. */
    private UUID stopsWithPlan(String plan) {
        practice.hold = true;
        UUID id = process.submit(3);
        await().until(() -> practice.holders.get() > 0);
        process.sql("update job set plan = " + plan);
        process.close();
        practice.hold = false;
        process = EngineProcess.start(database, practice);
        return id;
    }
}
