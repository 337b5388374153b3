package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process whose statements get no answer, or that has no connection left, keeps its leases and comes to its end. */
@SlowTest
@Tag(FaultTally.TAG)
class DeadNetworkTest {
    private static final Duration SOON = Duration.ofSeconds(25);

    private final Practice practice = new Practice();
    private String database;
    private DeafProxy proxy;
    private EngineProcess process;

    @BeforeEach
    void start() throws IOException {
        database = TestDatabase.freshUrl();
        proxy = new DeafProxy(database);
        process = EngineProcess.start(
                proxy.url(), practice, "sluice.export.workers=1", "sluice.lease=2s", "sluice.poll-interval=50ms");
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close(); // this ends all statements that wait
        process.close();
        TestDatabase.drop(database);
    }

    @Test
    void stepsAreFoundAgainAfterAStatementThatGetsNoAnswer() {
        process.awaitEnd(process.submit(1));
        // The end is visible before its commit is answered, and this connection waits longer for an answer.
        await().until(() -> process.bean(StepQueue.class).running().isEmpty());
        loseTheNetwork();

        proxy.recover();

        try (EngineProcess other = EngineProcess.start(database, practice, "sluice.role=api")) {
            UUID id = other.submit(1);
            assertThat(other.ending(other.awaitEnd(id))).isEqualTo("[did 0]");
        }
    }

    /** The pool sets up one connection at a time, so this one keeps it from all others. */
    @Test
    void aConnectionWhoseSetupGetsNoAnswerIsGivenUp() throws Exception {
        HikariDataSource pool = process.bean(DataSource.class).unwrap(HikariDataSource.class);
        process.awaitEnd(process.submit(1));
        proxy.drop();
        FaultTally.of(DeadNetworkTest.class).fault();
        pool.getHikariPoolMXBean().softEvictConnections();
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
        assertThat(proxy.unanswered()).isPositive();

        proxy.recover();

        await().ignoreExceptions().until(() -> {
            try (Connection connection = pool.getConnection()) {
                return connection.isValid(1);
            }
        });
    }

    @Test
    void aProcessStopsThoughNoStatementGetsAnAnswer() {
        process.awaitEnd(process.submit(1));
        loseTheNetwork();

        assertTimeoutPreemptively(SOON, process::close);
    }

    /** All connections of the pool are in use, by requests or by what units read. */
    @Test
    void leasesAreRenewedThoughThePoolIsExhausted() throws Exception {
        practice.hold = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(process.bean(DataSource.class).getConnection());
        }

        try (EngineProcess other = EngineProcess.start(database, new Practice(), "sluice.poll-interval=50ms")) {
            await().during(Duration.ofSeconds(6)) // three leases; a lease that is lost once does not come back
                    .until(() -> other.count(
                                    "select count(*) from work_unit where lease_version = 1 and lease_owner is not null")
                            == 1);
            practice.hold = false;
            for (Connection connection : all) {
                connection.close();
            }
            assertThat(other.ending(other.awaitEnd(id))).isEqualTo("[did 0]");
        }
        assertThat(practice.runs("0")).isEqualTo(1);
    }

    /** The end of a step that cannot be recorded is not the end of its process. */
    @Test
    void aStepWhoseEndCannotBeRecordedDoesNotCountAsLost() {
        process.close();
        process = EngineProcess.start(
                proxy.url() + "&socketTimeout=2",
                practice,
                "sluice.export.workers=1",
                "sluice.lease=2s",
                "sluice.poll-interval=50ms");
        practice.hold = true;
        UUID id = process.submit(1);
        await().until(() -> practice.holders.get() == 1);
        loseTheNetwork();
        practice.hold = false;
        await().atMost(SOON).until(() -> process.bean(StepQueue.class).running().isEmpty());

        proxy.recover();

        try (EngineProcess other = EngineProcess.start(database, practice, "sluice.role=api")) {
            assertThat(other.ending(other.awaitEnd(id))).isEqualTo("[did 0]");
            assertThat(other.count("select attempts from work_unit")).isEqualTo(1);
        }
        assertThat(practice.runs("0")).isGreaterThan(1);
    }

    /** The process looks for steps all the time, so one of its statements waits for an answer soon. */
    private void loseTheNetwork() {
        proxy.drop();
        FaultTally.of(DeadNetworkTest.class).fault();
        await().until(() -> proxy.dropped() > 0);
    }
}
