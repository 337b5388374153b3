package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** While a database takes no writes, as a standby does until it is the primary, clients are told to come again. */
@IntegrationTest
class FailoverTest {
    private static final String JSON = "application/fhir+json";

    private final String url = TestDatabase.freshUrl();
    private final String name = url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    private final JdbcTemplate admin = new JdbcTemplate(new DriverManagerDataSource(TestDatabase.urlOf("postgres")));
    private SluiceServer server;
    private int versions;

    @BeforeEach
    void start() {
        server = SluiceServer.start("--spring.datasource.url=" + url);
    }

    @AfterEach
    void stop() {
        server.close();
        TestDatabase.drop(url);
    }

    @Test
    void writesAre503UntilTheDatabaseTakesThemAgain() {
        assertThat(put().statusCode()).isEqualTo(201);
        admin.execute("alter database " + name + " set default_transaction_read_only = on");
        dropConnections();

        await().until(() -> server.get("/Basic/a").statusCode() == 200);
        List<HttpResponse<String>> answers = List.of(
                put(),
                server.post("/Basic", JSON, basic()),
                server.delete("/Basic/a"),
                server.post(
                        "",
                        JSON,
                        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":" + basic()
                                + ",\"request\":{\"method\":\"PUT\",\"url\":\"Basic/a\"}}]}"),
                server.post("/$import", "application/fhir+ndjson", basic()),
                kickOff());
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode())
                    .as(answer.request().uri() + ": " + answer.body())
                    .isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).contains("OperationOutcome", "takes no writes");
        });

        // Sessions that began while it was read-only stay so; as to an old primary, they lead nowhere.
        admin.execute("alter database " + name + " reset default_transaction_read_only");
        await().until(() -> put().statusCode() < 300);
    }

    /** What it says is lost then, and JPA tells of it in its own way. */
    @Test
    void aConnectionThatEndsAtCommitIsAFaultThatPasses() {
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
        jdbc.execute("create function end_connection() returns trigger language plpgsql as"
                + " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'");
        jdbc.execute("create constraint trigger at_commit after insert on job deferrable initially deferred"
                + " for each row execute function end_connection()");

        HttpResponse<String> refused = kickOff();

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        jdbc.execute("drop trigger at_commit on job");

        jdbc.execute("create constraint trigger at_commit after update on job deferrable initially deferred"
                + " for each row when (new.status = 'RUNNING') execute function end_connection()");
        assertThat(kickOff().statusCode()).isEqualTo(202);
        await().until(() -> exists(jdbc, "fault is not null"));
        jdbc.execute("drop trigger at_commit on job");
        await().until(() -> exists(jdbc, "status = 'COMPLETED'"));
    }

    private HttpResponse<String> kickOff() {
        return server.get("/$export", "Accept", JSON, "Prefer", "respond-async");
    }

    private static boolean exists(JdbcTemplate jdbc, String jobs) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject("select exists (select from job where " + jobs + ")", Boolean.class));
    }

    /** Another version each time: one that changes nothing is no write. */
    private String basic() {
        return "{\"resourceType\":\"Basic\",\"id\":\"a\",\"created\":\"" + (2000 + versions++) + "\"}";
    }

    private HttpResponse<String> put() {
        return server.put("/Basic/a", JSON, basic());
    }

    private void dropConnections() {
        admin.queryForList("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?", name);
    }
}
