package dev.sluice.job;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Records how far the units of this process are, samples of how far their jobs are, and that this process lives. */
@Component
class ProgressRecorder {
    /** When a job has more samples than this, every second one is deleted. */
    private static final int MOST_SAMPLES = 400;

    /**
     * Adds a sample of each job, if the last one is a second old, or the 200th part of the time since the first one if that is
     * longer. Of two processes that do it at the same time, one adds it.
     */
    private static final String SAMPLE = """
            insert into job_sample (job_id, recorded_at, running_millis, done, rows_done)
            select j.id, clock_timestamp(),
                (extract(epoch from clock_timestamp() - j.started_at) * 1000)::bigint - j.paused_millis,
                j.work_done + coalesce(running.done, 0), j.rows_done + coalesce(running.rows_done, 0)
            from job j left join lateral (
                select sum(u.done)::bigint as done,
                    sum(coalesce((u.rows * (u.done::float8 / nullif(u.work, 0)))::bigint, u.rows_written))::bigint
                        as rows_done
                from work_unit u
                where u.job_id = j.id and u.result is null and (u.lease_owner is not null or u.fault is not null)
                ) running on true
            where j.id in (:jobs) and j.status = 'RUNNING' and j.paused_at is null and not exists (
                select from job_sample s where s.job_id = j.id
                    and s.recorded_at > clock_timestamp()
                        - greatest(interval '900 ms', (clock_timestamp() - j.started_at) / 200))
            on conflict do nothing returning job_id
            """;

    private static final String THIN = """
            delete from job_sample s using (
                select job_id, recorded_at, row_number() over (partition by job_id order by recorded_at) as place,
                    count(*) over (partition by job_id) as samples
                from job_sample where job_id in (:jobs)) t
            where t.job_id = s.job_id and t.recorded_at = s.recorded_at and t.samples > :most and t.place % 2 = 0
            """;

    private final JdbcClient jdbc;
    private final StepQueue queue;

    ProgressRecorder(@Qualifier("leaseClient") JdbcClient jdbc, StepQueue queue) {
        this.jdbc = jdbc;
        this.queue = queue;
    }

    /** Records how far a unit is. */
    void record(Lease lease, UnitContext.Report report) {
        jdbc.sql(
                        "update work_unit set done = :done, rows_written = cast(:written as bigint), throttled_by = :throttledBy,"
                                + " updated_at = clock_timestamp() where" + StepQueue.LEASED)
                .param("id", lease.id())
                .param("owner", queue.owner())
                .param("version", lease.version())
                .param("done", report.done())
                .param("written", report.written())
                .param("throttledBy", report.throttledBy())
                .update();
    }

    /**
     * Records that this process lives, and deletes what was recorded of processes that have been silent for an hour.
     *
     * @param threads the number of units of a kind that it runs at the same time
     */
    void recordProcess(int threads) {
        jdbc.sql("with gone as (delete from job_process where seen_at < clock_timestamp() - interval '1 hour')"
                        + " insert into job_process (name, workers) values (:name, :workers)"
                        + " on conflict (name) do update set seen_at = clock_timestamp()")
                .param("name", queue.owner())
                .param("workers", threads)
                .update();
    }

    /** Adds samples of the jobs of these units, where they are due. */
    void sample(Collection<Lease> units) {
        Set<UUID> jobs = units.stream().map(lease -> lease.job().id()).collect(Collectors.toSet());
        if (jobs.isEmpty()) {
            return;
        }
        List<UUID> sampled =
                jdbc.sql(SAMPLE).param("jobs", jobs).query(UUID.class).list();
        if (!sampled.isEmpty()) {
            jdbc.sql(THIN).param("jobs", sampled).param("most", MOST_SAMPLES).update();
        }
    }
}
