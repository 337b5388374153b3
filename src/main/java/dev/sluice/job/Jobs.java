package dev.sluice.job;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The way to jobs for everyone else: submit, find, discard. Safe for use by any number of threads and processes. */
@Component
public class Jobs {
    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private static final String FIND = """
            select j.id, j.kind, j.payload, j.output, j.status, j.ending, j.work, j.created_at, j.finished_at, j.expires_at,
                greatest(j.updated_at, units.updated_at) as updated_at, coalesce(units.done, 0) as done, units.held_by,
                failing.unit is not null as fails_in_unit, coalesce(failing.failures, 0) as failures, failing.fault
            from job j
            left join lateral (
                select sum(u.done)::bigint as done, max(u.updated_at) as updated_at,
                    max(u.held_by) filter (where u.result is null) as held_by
                from work_unit u where u.job_id = j.id) units on true
            left join lateral (
                select null::bigint as unit, j.failures, j.fault where j.fault is not null
                union all
                select u.id, u.failures, u.fault from work_unit u
                where u.job_id = j.id and u.result is null and u.fault is not null
                order by failures desc limit 1) failing on true
            where j.id = :id and j.kind = :kind and j.status <> 'DISCARDED'
            """;

    private final JdbcClient jdbc;
    private final JobTransitions transitions;

    Jobs(JdbcClient jdbc, JobTransitions transitions) {
        this.jdbc = jdbc;
        this.transitions = transitions;
    }

    private record Row(
            UUID id,
            String kind,
            String payload,
            @Nullable String output,
            JobStatus status,
            @Nullable String ending,
            long work,
            OffsetDateTime createdAt,
            @Nullable OffsetDateTime finishedAt,
            @Nullable OffsetDateTime expiresAt,
            OffsetDateTime updatedAt,
            long done,
            @Nullable String heldBy,
            boolean failsInUnit,
            int failures,
            @Nullable String fault) {
        Job job() {
            Step step = failsInUnit ? Step.RUN : Step.of(status);
            Job.Trouble trouble = fault == null ? null : new Job.Trouble(step.text(), failures, fault);
            Job.Progress progress =
                    new Job.Progress(done, work, createdAt.toInstant(), updatedAt.toInstant(), trouble, heldBy);
            return new Job(id, kind, payload, output, status, progress, Job.Ending.of(ending, finishedAt, expiresAt));
        }
    }

    /** Records a job under an id of the caller's, and has it planned at once; part of the caller's transaction if any. */
    public void submit(UUID id, String kind, String payload) {
        submit(id, kind, payload, null);
    }

    /**
     * The same for a job that has output to erase.
     *
     * @param output where it is, in the handler's words; in a form that no version changes, since it must be read when the
     *     payload is of another version
     */
    public void submit(UUID id, String kind, String payload, @Nullable String output) {
        transitions.submit(id, kind, payload, output);
        log.info("Job {} ({}) is accepted.", id, kind);
    }

    /** A job of this kind that is not discarded, by the text of its id. */
    public Optional<Job> find(String kind, String id) {
        return parse(id)
                .flatMap(parsed -> jdbc.sql(FIND)
                        .param("id", parsed)
                        .param("kind", kind)
                        .query(Row.class)
                        .optional())
                .map(Row::job);
    }

    /** Cancels a job that runs, or releases one that is finished; false if there is none. Erasing follows at once. */
    public boolean discard(String kind, String id) {
        boolean discarded =
                parse(id).filter(parsed -> transitions.discarded(parsed, kind)).isPresent();
        if (discarded) {
            log.info("Job {} is discarded; its units stop and what it made is erased.", id);
        }
        return discarded;
    }

    /**
     * How fast the last completed jobs of a kind were, kick-off to end; nothing before the first one. Of jobs with something
     * to do; the time of small ones says little of large ones.
     */
    public OptionalDouble bytesPerSecond(String kind) {
        return jdbc
                .sql("select coalesce(sum(work) / nullif(sum(extract(epoch from finished_at - created_at)), 0), -1)"
                        + "::float8 from (select work, created_at, finished_at from job where kind = :kind"
                        + " and status = 'COMPLETED' and work > 0 order by finished_at desc limit 20) last")
                .param("kind", kind)
                .query(Double.class)
                .stream()
                .filter(rate -> rate >= 0)
                .mapToDouble(rate -> rate)
                .findFirst();
    }

    /** Has a completed job and what it made live for this long at least; false if there is none. */
    public boolean keep(UUID id, Duration time) {
        return transitions.keep(id, time);
    }

    /**
     * Closes a page of a job's results if there is something new, and returns how many pages are closed.
     *
     * <p>A page holds the results of the units that have ended since the one before it was closed. Once closed, it never
     * changes, whatever process asks, and whatever units are repeated. Results that are not worth a page wait for the next
     * one. The first page holds the result of the first unit of the plan, and is closed no sooner than that has ended; that
     * unit is run before the others.
     *
     * @param worth whether a result is new to those who read the pages
     */
    @Transactional
    public int closePage(UUID id, Predicate<String> worth) {
        // Waits for those that record results of the job, and has these wait.
        boolean held = of(
                        id,
                        "select true from job where id = :job and status in ('RUNNING', 'COMPLETED')"
                                + " for no key update")
                .query(Boolean.class)
                .optional()
                .isPresent();
        if (held && isFirstUnitDone(id) && unpaged(id).stream().anyMatch(worth)) {
            of(
                            id,
                            "update work_unit set page = (select coalesce(max(page), 0) + 1 from work_unit where job_id = :job)"
                                    + " where job_id = :job and page is null and result is not null")
                    .update();
        }
        return of(id, "select coalesce(max(page), 0) from work_unit where job_id = :job")
                .query(Integer.class)
                .single();
    }

    /** The results on one closed page, in the order of the plan. */
    public List<String> page(UUID id, int number) {
        return paged(id, number, number);
    }

    /** The results on all closed pages, in the order of the plan. */
    public List<String> paged(UUID id) {
        return paged(id, 1, Integer.MAX_VALUE);
    }

    private boolean isFirstUnitDone(UUID id) {
        return of(
                        id,
                        "select exists (select from work_unit where job_id = :job and ordinal = 0 and result is not null)")
                .query(Boolean.class)
                .single();
    }

    private List<String> unpaged(UUID id) {
        return of(
                        id,
                        "select result from work_unit where job_id = :job and page is null and result is not null"
                                + " order by ordinal")
                .query(String.class)
                .list();
    }

    private List<String> paged(UUID id, int first, int last) {
        return of(
                        id,
                        "select result from work_unit where job_id = :job and page between :first and :last"
                                + " order by ordinal")
                .param("first", first)
                .param("last", last)
                .query(String.class)
                .list();
    }

    private JdbcClient.StatementSpec of(UUID job, String sql) {
        return jdbc.sql(sql).param("job", job);
    }

    private static Optional<UUID> parse(String id) {
        try {
            return Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id of another server's making names no job here
        }
    }
}
