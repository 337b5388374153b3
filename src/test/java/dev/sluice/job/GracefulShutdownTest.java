package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.FaultTally;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A process that is told to stop ends what it does, or hands it back. */
@IntegrationTest
@Tag(FaultTally.TAG)
class GracefulShutdownTest {
    private final Practice practice = new Practice();
    private String database;
    private EngineProcess leaving;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        leaving = EngineProcess.start(database, practice, "sluice.export.workers=1");
    }

    @AfterEach
    void stop() {
        leaving.close();
        TestDatabase.drop(database);
    }

    @Test
    void aUnitThatEndsInTimeIsLetEnd() {
        practice.pauseMillis = 500;
        leaving.submit(3);
        await().until(() -> practice.runs.size() == 1);

        leaving.close();

        try (EngineProcess next = EngineProcess.start(database, new Practice())) {
            await().until(() -> next.count("select count(*) from work_unit where result is not null") == 3);
            assertThat(practice.runs).hasSize(1);
        }
    }

    @Test
    void aUnitThatDoesNotIsLeftForAnotherProcessToDoAtOnceAndThatDoesNotCount() {
        practice.hold = true;
        UUID id = leaving.submit(1);
        await().until(() -> practice.holders.get() == 1);

        leaving.close();

        FaultTally.of(GracefulShutdownTest.class).fault();
        assertThat(practice.holders).hasValue(0);
        JdbcClient sql = JdbcClient.create(new DriverManagerDataSource(database));
        assertThat(sql.sql("select lease_owner is null and due_at <= now() and failures = 0 from work_unit")
                        .query(Boolean.class)
                        .single())
                .isTrue();
        assertThat(sql.sql("select attempts from work_unit").query(Long.class).single())
                .isZero();
        try (EngineProcess next = EngineProcess.start(database, new Practice())) {
            assertThat(next.ending(next.awaitEnd(id))).isEqualTo("[did 0]");
        }
    }

    @Test
    void nothingNewIsBegunMeanwhile() {
        practice.pauseMillis = 300;
        leaving.submit(10);
        await().until(() -> practice.runs.size() == 1);

        leaving.close();

        assertThat(practice.runs).hasSizeLessThanOrEqualTo(2);
    }

    /** Spring would wait for no longer than 30 seconds, whatever the grace is. */
    @Test
    void theGraceMayBeLongerThanSpringWaits() {
        leaving.close();
        leaving = EngineProcess.start(
                database,
                practice,
                "sluice.export.workers=1",
                "sluice.export.shutdown-grace=20s",
                "spring.lifecycle.timeout-per-shutdown-phase=100ms");
        practice.pauseMillis = 1_500;
        leaving.submit(1);
        await().until(() -> practice.runs.size() == 1);

        leaving.close();

        assertThat(JdbcClient.create(new DriverManagerDataSource(database))
                        .sql("select result from work_unit")
                        .query(String.class)
                        .single())
                .isEqualTo("did 0");
    }
}
