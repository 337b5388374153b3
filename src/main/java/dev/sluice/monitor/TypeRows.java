package dev.sluice.monitor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads how far a job is with each type. That costs a look at each of its units, about 2 microseconds, and open pages ask for
 * it every second. So the last answer is given again if the job is where it was, or if the answer is young: of 20,000 units,
 * a second. So the look-ups for a job take a twentieth of the time at most, however many pages are open. Safe for use by any
 * number of threads.
 */
final class TypeRows {
    /** For so many nanoseconds, an answer is given again, for each unit of the job. */
    private static final long YOUNG = 50_000;

    private static final int MOST_JOBS = 100;

    private static final String TYPES = """
            select part.key as type, count(*)::int as units,
                (count(*) filter (where u.result is not null))::int as units_done,
                sum((part.value ->> 0)::bigint * share.done)::bigint as done_bytes,
                sum((part.value ->> 0)::bigint)::bigint as total_bytes,
                sum((part.value ->> 1)::bigint * share.done)::bigint as done_rows,
                sum((part.value ->> 1)::bigint)::bigint as total_rows
            from work_unit u cross join lateral jsonb_each(u.parts) part
            cross join lateral (select case when u.result is not null then 1
                when u.lease_owner is null then 0 else coalesce(u.done::float8 / nullif(u.work, 0), 0) end
                as done) share
            where u.job_id = :job group by part.key order by part.key
            """;

    /** How far a job was, for which an answer holds. */
    private record Standing(JobState state, int units, int unitsDone, long doneBytes) {
        static Standing of(JobSummary job) {
            return new Standing(job.state(), job.units(), job.unitsDone(), job.doneBytes());
        }
    }

    private record Answer(Standing standing, List<TypeProgress> types, long given) {
        boolean holds(JobSummary job, long now) {
            Standing present = Standing.of(job);
            return present.equals(standing)
                    || (present.state() == standing.state()
                            && present.units() == standing.units()
                            && now - given < YOUNG * present.units());
        }
    }

    private final JdbcClient jdbc;
    private final Cache<UUID, Answer> last =
            Caffeine.newBuilder().maximumSize(MOST_JOBS).build();

    TypeRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How far a job is with each type; of many units, perhaps a second ago. */
    List<TypeProgress> of(JobSummary job) {
        return last.asMap()
                .compute(
                        job.id(),
                        (id, known) -> known != null && known.holds(job, System.nanoTime()) ? known : read(job))
                .types();
    }

    private Answer read(JobSummary job) {
        List<TypeProgress> types =
                jdbc.sql(TYPES).param("job", job.id()).query(TypeProgress.class).list();
        return new Answer(Standing.of(job), types, System.nanoTime());
    }
}
