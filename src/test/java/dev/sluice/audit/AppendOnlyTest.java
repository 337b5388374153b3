package dev.sluice.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.security.TransportPolicy;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Who wants to change what was recorded, or to fill the disk with it. */
@IntegrationTest
class AppendOnlyTest {
    private static final List<String> CHANGES = Stream.of("update %1$s set %2$s", "delete from %1$s", "truncate %1$s")
            .flatMap(change -> Stream.of(
                    change.formatted("audit_event", "client = 'x'"),
                    change.formatted("disclosure", "client = 'x'"),
                    change.formatted("disclosed_patients", "certain = false")))
            .toList();

    @Test
    void rowsAreOnlyAdded() {
        String url = TestDatabase.freshUrl();
        SingleConnectionDataSource connection = new SingleConnectionDataSource(url, true);
        try {
            JdbcTemplate jdbc = new JdbcTemplate(connection);
            add(jdbc);
            changesAreRefused(jdbc);

            jdbc.execute("create role audited");
            jdbc.execute("grant insert, select on audit_event, disclosure, disclosed_patients to audited");
            jdbc.execute("set role audited");
            add(jdbc);
            changesAreRefused(jdbc);
            jdbc.execute("set sluice.audit_maintenance = 'on'");
            changesAreRefused(jdbc);
            assertThatThrownBy(() -> jdbc.execute("drop trigger audit_event_is_append_only on audit_event"))
                    .isInstanceOf(DataAccessException.class);
            jdbc.execute("reset role");
            jdbc.execute("reset sluice.audit_maintenance");
            jdbc.execute("grant all on audit_event, disclosure, disclosed_patients to audited");
            jdbc.execute("set role audited");
            jdbc.execute("set sluice.audit_maintenance = 'on'");
            changesAreRefused(jdbc);

            jdbc.execute("create temporary table pg_class as select oid, 'audited'::regrole::oid as relowner"
                    + " from pg_catalog.pg_class");
            changesAreRefused(jdbc);

            jdbc.execute("reset role");
            for (String table : List.of("audit_event", "disclosure", "disclosed_patients")) {
                assertThat(jdbc.update("delete from " + table)).as(table).isEqualTo(2);
            }
            jdbc.execute("drop owned by audited");
            jdbc.execute("drop role audited");
        } finally {
            connection.destroy();
            TestDatabase.drop(url);
        }
    }

    private static void add(JdbcTemplate jdbc) {
        jdbc.update("insert into audit_event (activity, outcome) values ('TOKEN_ISSUED', 0)");
        jdbc.update("insert into disclosure (job_id, as_of, scope, every_patient)"
                + " values (gen_random_uuid(), now(), 'everything', false)");
        jdbc.update("insert into disclosed_patients values (gen_random_uuid(), true, '{1}')");
    }

    private static void changesAreRefused(JdbcTemplate jdbc) {
        for (String change : CHANGES) {
            assertThatThrownBy(() -> jdbc.execute(change)).as(change).isInstanceOf(DataAccessException.class);
        }
    }

    @Test
    void doctorKnowsWhoCanChangeARow() {
        String url = TestDatabase.freshUrl();
        SingleConnectionDataSource connection = new SingleConnectionDataSource(url, true);
        try (SluiceServer server = SluiceServer.start("--spring.datasource.url=" + url)) {
            JdbcTemplate jdbc = new JdbcTemplate(connection);
            AuditCheck check = new AuditCheck(
                    JdbcClient.create(jdbc), new AuditSettings(true, null), server.bean(TransportPolicy.class));
            jdbc.execute("create role examined noinherit");
            jdbc.execute("create role audit_owner");
            jdbc.execute("set role examined");
            assertThat(text(check)).contains("may not add rows to audit_event, disclosure, disclosed_patients");

            asSuperuser(jdbc, "grant insert, select on audit_event, disclosure, disclosed_patients to examined");
            assertThat(text(check)).startsWith("The role can only add rows");
            asSuperuser(jdbc, "grant truncate on disclosed_patients to examined");
            assertThat(text(check)).startsWith("The role may change rows of disclosed_patients");
            asSuperuser(jdbc, "alter table disclosure owner to audit_owner");
            asSuperuser(jdbc, "grant audit_owner to examined");
            assertThat(text(check)).startsWith("The role owns disclosure,");

            jdbc.execute("reset role");
            jdbc.execute("drop owned by examined, audit_owner cascade");
            jdbc.execute("drop role examined, audit_owner");
        } finally {
            connection.destroy();
            TestDatabase.drop(url);
        }
    }

    private static String text(AuditCheck check) {
        return check.run().get(0).text();
    }

    private static void asSuperuser(JdbcTemplate jdbc, String statement) {
        jdbc.execute("reset role");
        jdbc.execute(statement);
        jdbc.execute("set role examined");
    }

    @Test
    void refusalsOfStrangersLeaveFewRows() {
        try (SluiceServer server = KnownTokens.server()) {
            Refusals refusals = server.bean(Refusals.class);
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            IntStream.range(0, 500).parallel().forEach(i -> {
                assertThat(server.get("/Patient/secret?x=secret").statusCode()).isEqualTo(401);
                assertThat(server.as("secret").get("/$export").statusCode()).isEqualTo(401);
            });
            IntStream.range(0, 10_000)
                    .forEach(i -> refusals.add(Activity.REQUEST_REFUSED, "10.0." + i / 250 + "." + i % 250));
            refusals.record();

            assertThat(jdbc.queryForObject("select count(*) from audit_event", Integer.class))
                    .isLessThanOrEqualTo(101);
            assertThat(jdbc.queryForObject("select sum(amount) from audit_event", Long.class))
                    .isEqualTo(11_000);
            assertThat(jdbc.queryForObject(
                            "select sum(amount) from audit_event where address = '127.0.0.1'", Long.class))
                    .isEqualTo(1_000);
            assertThat(jdbc.queryForList("select row_to_json(e)::text from audit_event e", String.class))
                    .noneMatch(row -> row.contains("secret"));
        }
    }
}
