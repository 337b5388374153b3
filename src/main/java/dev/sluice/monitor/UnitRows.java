package dev.sluice.monitor;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the units of a job. */
final class UnitRows {
    private record Row(
            int number,
            @Nullable String types,
            String state,
            int tries,
            @Nullable String process,
            @Nullable OffsetDateTime startedAt,
            @Nullable OffsetDateTime updatedAt,
            long done,
            long work,
            @Nullable Long rowsWritten,
            @Nullable String fault,
            @Nullable OffsetDateTime retryAt,
            @Nullable String source,
            @Nullable String throttledBy) {
        UnitRow unit() {
            return new UnitRow(
                    number,
                    types == null ? List.of() : List.of(types.split(",")),
                    UnitRow.State.valueOf(state),
                    tries,
                    process,
                    JobRow.instant(startedAt),
                    JobRow.instant(updatedAt),
                    done,
                    work,
                    rowsWritten,
                    fault,
                    JobRow.instant(retryAt),
                    source,
                    throttledBy);
        }
    }

    private UnitRows() {}

    /** The units after this number, in the order of the plan. */
    static List<UnitRow> of(JdbcClient jdbc, UUID job, int after, int count) {
        return jdbc
                .sql("""
                        select u.ordinal + 1 as number,
                            (select string_agg(key, ',' order by key) from jsonb_object_keys(u.parts) key) as types,
                            case when u.result is not null then 'DONE' when u.lease_owner is not null then 'RUNNING'
                                when u.fault is not null then 'RETRYING' else 'WAITING' end as state,
                            u.lease_version::int as tries, u.process, u.started_at, u.updated_at, u.done, u.work,
                            u.rows_written, u.fault,
                            case when u.result is null and u.lease_owner is null and u.fault is not null
                                then u.due_at end as retry_at,
                            u.source,
                            case when u.result is null then u.throttled_by end as throttled_by
                        from work_unit u where u.job_id = :job and u.ordinal >= :after
                        order by u.ordinal limit :count
                        """)
                .param("job", job)
                .param("after", after)
                .param("count", count)
                .query(Row.class)
                .list()
                .stream()
                .map(Row::unit)
                .toList();
    }
}
