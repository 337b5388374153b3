package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionSystemException;

@IntegrationTest
class LeaseConnectionsTest {
    private static final String LOCK = "select pg_try_advisory_xact_lock(1)";

    /** As if the process was stopped between the lock of a limit and its lease. */
    @Test
    void aTransactionThatDoesNothingLosesItsLocks() throws Exception {
        String url = TestDatabase.freshUrl();
        try (HikariDataSource main = new HikariDataSource()) {
            main.setJdbcUrl(url);
            JdbcClient others = JdbcClient.create(main);
            try (LeaseConnections leases = new LeaseConnections(main)) {
                assertThatThrownBy(() -> leases.leaseTransaction().execute(status -> {
                            assertThat(taken(leases.leaseClient())).isTrue();
                            assertThat(taken(others)).isFalse();
                            await().until(() -> taken(others));
                            return taken(leases.leaseClient());
                        }))
                        .isInstanceOf(TransactionSystemException.class);
            }
        }
        TestDatabase.drop(url);
    }

    private static boolean taken(JdbcClient client) {
        return client.sql(LOCK).query(Boolean.class).single();
    }
}
