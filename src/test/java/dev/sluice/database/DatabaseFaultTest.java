package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which faults of the database may pass, and what is told of them. */
@IntegrationTest
class DatabaseFaultTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "08P01", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "58030", "25P03",
                "25006"
            })
    void mayPass(String state) {
        assertThat(fault(new SQLException("it is away", state)).temporary()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22021", "22003", "22P02", "23505", "42601", "42P01", "42501", "XX000", "0A000", "25P02"})
    void isTheSameEachTime(String state) {
        assertThat(fault(new SQLException("no", state)).temporary()).isFalse();
    }

    @Test
    void aPoolGivesNoState() {
        assertThat(fault(new SQLTransientConnectionException("no connection")).temporary())
                .isTrue();
        assertThat(fault(new SQLException("Connection is closed")).temporary()).isTrue();
    }

    @Test
    void neitherTheStatementNorItsValuesAreTold() throws SQLException {
        String url = TestDatabase.freshUrl();
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThatThrownBy(
                            () -> connection.createStatement().execute("select 'secret' where 5 = 'many'::text::int"))
                    .satisfies(e -> assertThat(fault(e))
                            .isEqualTo(new DatabaseFault(false, "The database refuses a statement (SQLSTATE 22P02).")));
        } finally {
            TestDatabase.drop(url);
        }
    }

    private static DatabaseFault fault(Throwable exception) {
        return DatabaseFault.of(exception).orElseThrow();
    }
}
