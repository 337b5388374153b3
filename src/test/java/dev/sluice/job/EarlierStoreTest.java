package dev.sluice.job;

import static dev.sluice.job.EngineProcess.ending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.ResourceType;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The jobs of a store whose steps were entries of db-scheduler. */
@IntegrationTest
class EarlierStoreTest {
    /** The last migration of that version. */
    private static final String BEFORE = "30";

    private final String url = TestDatabase.freshUrl();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
    private final Practice practice = new Practice();

    @BeforeEach
    void makeEarlierStore() {
        jdbc.execute("drop schema public cascade; create schema public");
        flyway(BEFORE).migrate();
    }

    @AfterEach
    void drop() {
        TestDatabase.drop(url);
    }

    @Test
    void jobsAreTakenOverAtEachStep() {
        UUID accepted = job("ACCEPTED", 1);
        entry("plan", accepted.toString(), null);
        UUID running = job("RUNNING", 3);
        unit(running, 0, "did 0");
        unit(running, 1, null);
        unit(running, 2, null);
        UUID done = job("RUNNING", 1);
        unit(done, 0, "did 0");
        jdbc.update("update job set units_done = 1 where id = ?", done);
        entry("finish", done.toString(), "a process that died");
        UUID discarded = job("DISCARDED", 1);
        unit(discarded, 0, null);
        entry("erase", discarded.toString(), null);

        flyway("latest").migrate();

        try (EngineProcess process = EngineProcess.start(url, practice)) {
            assertThat(ending(process.awaitEnd(accepted))).isEqualTo("[did 0]");
            assertThat(ending(process.awaitEnd(running))).isEqualTo("[did 0, did 1, did 2]");
            assertThat(ending(process.awaitEnd(done))).isEqualTo("[did 0]");
            await().until(() -> practice.erased.containsKey(discarded));
            await().until(() -> process.count("select count(*) from job where status = 'DISCARDED'") == 0);
        }
    }

    /** During an upgrade. */
    @Test
    void aProcessOfTheEarlierVersionRecordsAJobThatThisOneRuns() {
        flyway("latest").migrate();

        UUID id = job("ACCEPTED", 2);
        entry("plan", id.toString(), null);

        assertThat(jdbc.queryForObject("select count(*) from scheduled_tasks", Long.class))
                .isZero();
        try (EngineProcess process = EngineProcess.start(url, practice)) {
            assertThat(ending(process.awaitEnd(id))).isEqualTo("[did 0, did 1]");
        }
    }

    private UUID job(String status, int units) {
        UUID id = UUID.randomUUID();
        jdbc.update(
                "insert into job (id, kind, payload, status, units, units_done, work, created_at, updated_at)"
                        + " values (?, ?, ?, ?, ?, 0, 10, now(), now())",
                id,
                Practice.KIND,
                Integer.toString(units),
                status,
                units);
        return id;
    }

    /** A unit, whose entry a process that died has taken if it is not done. */
    private void unit(UUID job, int ordinal, @Nullable String result) {
        Long id = jdbc.queryForObject(
                "insert into work_unit (job_id, ordinal, payload, work, done, result) values (?, ?, ?, 10, 0, ?)"
                        + " returning id",
                Long.class,
                job,
                ordinal,
                Integer.toString(ordinal),
                result);
        if (result == null) {
            entry("run", String.valueOf(id), "a process that died");
        }
    }

    private void entry(String task, String instance, @Nullable String owner) {
        jdbc.update(
                "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat,"
                        + " version, priority) values (?, ?, now(), ?, ?, now(), 1, 50)",
                task,
                instance,
                owner != null,
                owner);
    }

    private Flyway flyway(String target) {
        String types = ResourceType.all().stream().map(ResourceType::name).collect(Collectors.joining(" "));
        return Flyway.configure()
                .dataSource(url, null, null)
                .target(target)
                .placeholders(Map.of("resourceTypes", types))
                .load();
    }
}
