package dev.sluice.monitor;

import dev.sluice.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows of jobs in a database of their own, as the engine would have recorded them, and the search for them. */
final class MonitoredJobs implements AutoCloseable {
    private final String url = TestDatabase.freshUrl();
    final JdbcClient jdbc;
    final JobSearch search;

    MonitoredJobs() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        jdbc = JdbcClient.create(source);
        search = new JobSearch(jdbc, List.of(new Describer()));
    }

    /** What a reader finds who sees all jobs, and to whom those of "a client" belong. */
    JobPage find(JobQuery query) {
        return search.find(query, new JobReader("a client", true));
    }

    /** All about a job, to whom sees all jobs. */
    JobDetails details(UUID id) {
        return search.details("export", id, new JobReader("", true)).orElseThrow();
    }

    /** Adds jobs, one a minute; the last one is the newest. */
    void add(int count, String kind, String owner, String status) {
        jdbc.sql(
                        "insert into job (id, kind, owner, payload, status, ending, units, units_done, work, work_done, created_at,"
                                + " updated_at, started_at, finished_at, expires_at) select gen_random_uuid(), :kind, :owner,"
                                + " '{\"url\":\"http://x/fhir/$export?_type=Patient&n=' || n || '\"}', :status,"
                                + " case when :status in ('COMPLETED', 'FAILED') then 'ended' end, 1, 0, 100, 0, t, t, t,"
                                + " case when :status in ('COMPLETED', 'FAILED') then t + interval '10 s' end, t"
                                + " from generate_series(1, :count) n,"
                                + " lateral (select timestamptz '2026-01-01' + n * interval '1 min' as t) time")
                .param("count", count)
                .param("kind", kind)
                .param("owner", owner)
                .param("status", status)
                .update();
    }

    /** Adds a running job with units of 1,000 bytes and 10 rows each, of which some are done. */
    UUID addRunning(int units, int done) {
        return addRunning(units, done, units);
    }

    /** The same, but only some of the units have rows. */
    UUID addRunning(int units, int done, int present) {
        UUID id = UUID.randomUUID();
        jdbc.sql(
                        "insert into job (id, kind, payload, status, units, units_done, work, work_done, rows, rows_done, created_at,"
                                + " updated_at, started_at) values (:id, 'export', '{}', 'RUNNING', :units, :done, :units * 1000,"
                                + " :done * 1000, :units * 10, :done * 10, now() - interval '61 s', now(), now() - interval '1 min')")
                .param("id", id)
                .param("units", units)
                .param("done", done)
                .update();
        jdbc.sql("insert into work_unit (job_id, ordinal, payload, work, done, result, parts, rows) select :id, n,"
                        + " repeat('x', 500), 1000, case when n < :done then 1000 else 0 end,"
                        + " case when n < :done then repeat('y', 500) end,"
                        + " case when n % 2 = 0 then '{\"Patient\": [1000, 10]}'::jsonb else '{\"Observation\": [1000, 10]}' end,"
                        + " 10 from generate_series(0, :units - 1) n")
                .param("id", id)
                .param("units", present)
                .param("done", done)
                .update();
        return id;
    }

    @Override
    public void close() {
        TestDatabase.drop(url);
    }

    private static final class Describer implements JobDescriber {
        @Override
        public String kind() {
            return "export";
        }

        @Override
        public Optional<JobDescription> describe(UUID job, String payload, @Nullable String output) {
            return Optional.of(
                    new JobDescription("system", null, "$export", payload, Map.of(), Set.of(), "everything", false));
        }
    }
}
