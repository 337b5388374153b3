package dev.sluice.monitor;

import dev.sluice.monitor.ProgressEstimate.Point;
import dev.sluice.monitor.ProgressEstimate.Remaining;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The row that the queries of {@link JobSearch} read for a job. Its sums are those of the units that run. */
record JobRow(
        UUID id,
        String kind,
        String owner,
        String state,
        String priority,
        String payload,
        @Nullable String output,
        @Nullable String failure,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime pausedAt,
        @Nullable OffsetDateTime finishedAt,
        @Nullable OffsetDateTime expiresAt,
        OffsetDateTime readAt,
        int units,
        int unitsDone,
        int unitsRunning,
        long work,
        long done,
        @Nullable Long rows,
        long rowsDone,
        long rowsWritten,
        @Nullable String sizes,
        @Nullable Double workerRate,
        boolean shared,
        long runningMillis,
        long halfMillis,
        long halfDone,
        long halfRows) {
    /** Of so many units, each is a part of the estimate. */
    private static final int FEW_UNITS = 100;

    /** The setting that is a limit for all units of a process together. */
    private static final String LIMIT = "sluice.export.max-bytes-per-second";

    /** The columns, from a job {@code j}. */
    static final String COLUMNS = """
            select j.id, j.kind, j.owner, {state} as state,
                case sign(j.priority) when -1 then 'low' when 1 then 'high' else 'normal' end as priority, j.payload, j.output,
                case when j.status = 'FAILED' then j.ending else coalesce(j.fault, active.fault) end as failure,
                j.created_at, greatest(j.updated_at, active.updated_at) as updated_at, j.started_at,
                case when j.status in ('ACCEPTED', 'RUNNING') then j.paused_at end as paused_at,
                j.finished_at, j.expires_at, clock_timestamp() as read_at, j.units, j.units_done,
                coalesce(active.running, 0) as units_running, j.work,
                case when j.status = 'COMPLETED' then j.work else j.work_done + coalesce(active.done, 0) end as done,
                j.rows, j.rows_done + coalesce(active.rows_done, 0) as rows_done, j.rows_written,
                remaining.sizes, active.rate as worker_rate,
                coalesce(active.shared, false) as shared, clock.millis as running_millis,
                coalesce(half.running_millis, 0) as half_millis, coalesce(half.done, 0) as half_done,
                coalesce(half.rows_done, 0) as half_rows
            from {jobs} j
            cross join lateral (
                select coalesce((extract(epoch from coalesce(j.finished_at, j.paused_at, clock_timestamp())
                    - j.started_at) * 1000)::bigint - j.paused_millis, 0) as millis) clock
            left join lateral (
                select sum(u.done)::bigint as done, max(u.updated_at) as updated_at, max(u.fault) as fault,
                    bool_or(u.throttled_by = '{limit}') as shared,
                    sum(coalesce((u.rows * (u.done::float8 / nullif(u.work, 0)))::bigint, u.rows_written))::bigint
                        as rows_done,
                    (count(*) filter (where u.lease_owner is not null and u.due_at > clock_timestamp()))::int as running,
                    case when extract(epoch from sum(clock_timestamp() - u.started_at) filter (where u.lease_owner is not null))
                        > 2 then (sum(u.done) filter (where u.lease_owner is not null)
                        / extract(epoch from sum(clock_timestamp() - u.started_at)
                            filter (where u.lease_owner is not null)))::float8 end as rate
                from work_unit u
                where u.job_id = j.id and u.result is null and (u.lease_owner is not null or u.fault is not null)
                ) active on j.status = 'RUNNING'
            left join lateral (
                select string_agg((u.work - case when u.lease_owner is null then 0 else u.done end)::text, ','
                    order by u.lease_owner is null, u.ordinal) as sizes
                from work_unit u where u.job_id = j.id and u.result is null
                ) remaining on j.status = 'RUNNING' and j.units - j.units_done <= {few}
            left join lateral (
                select s.running_millis, s.done, s.rows_done from job_sample s
                where s.job_id = j.id and s.running_millis <= clock.millis / 2
                order by s.recorded_at desc limit 1) half on j.status = 'RUNNING'
            """.replace("{state}", JobState.OF_ROW)
            .replace("{limit}", LIMIT)
            .replace("{few}", Integer.toString(FEW_UNITS));

    JobSummary summary(JobDescription request) {
        return new JobSummary(
                id,
                kind,
                owner,
                JobState.valueOf(state),
                priority,
                request,
                createdAt.toInstant(),
                updatedAt.toInstant(),
                instant(startedAt),
                instant(pausedAt),
                instant(finishedAt),
                instant(expiresAt),
                units,
                unitsDone,
                unitsRunning,
                done,
                work,
                rowsDone,
                rows,
                rowsWritten,
                progress(),
                failure);
    }

    private ProgressEstimate progress() {
        Point now = new Point(runningMillis, done, rowsDone);
        Point half = new Point(halfMillis, halfDone, halfRows);
        return switch (JobState.valueOf(state)) {
            case ACCEPTED -> ProgressEstimate.NONE;
            case PAUSED -> ProgressEstimate.paused(done, work);
            case COMPLETED, FAILED -> ProgressEstimate.ended(JobState.valueOf(state), now, work);
            case RUNNING ->
                ProgressEstimate.running(
                        half,
                        now,
                        new Remaining(work - done, openUnits(), unitsRunning, workerRate, shared),
                        readAt.toInstant());
        };
    }

    private List<Long> openUnits() {
        return sizes == null
                ? List.of()
                : Stream.of(sizes.split(",", -1)).map(Long::valueOf).toList();
    }

    static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
