package dev.sluice.monitor;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds jobs and says how they stand, from what the engine records in the database. It shows the jobs of all processes. A
 * page costs about the same however many jobs and units exist. A job that is cancelled or expired is not found.
 *
 * <p>It does not check permissions: the caller says which jobs the {@link JobReader} may see.
 */
@Component
public class JobSearch {
    /** So many events and samples of a job are given at most. */
    static final int MOST_EVENTS = 500;

    private static final String NOT_DISCARDED = "j.status <> 'DISCARDED'";

    private final JdbcClient jdbc;
    private final TypeRows types;
    private final Map<String, JobDescriber> describers;

    JobSearch(JdbcClient jdbc, List<JobDescriber> describers) {
        this.jdbc = jdbc;
        this.types = new TypeRows(jdbc);
        this.describers = describers.stream().collect(Collectors.toMap(JobDescriber::kind, Function.identity()));
    }

    /**
     * A page of the jobs that match a query, the newest first.
     *
     * @throws IllegalArgumentException if the cursor was not made by an earlier page
     */
    public JobPage find(JobQuery query, JobReader reader) {
        Conditions matching =
                new Conditions().and(NOT_DISCARDED).visibleTo(reader).matching(query);
        Map<JobState, Long> totals = totals(matching);
        Cursor after = query.cursor() == null ? null : Cursor.of(query.cursor());
        Conditions page = matching.copy();
        if (!query.states().isEmpty()) {
            page.and(JobState.OF_ROW + " in (:states)")
                    .param("states", query.states().stream().map(Enum::name).toList());
        }
        if (after != null) {
            page.and("(j.created_at, j.id) < (:createdAt, :id)")
                    .param("createdAt", after.createdAt().atOffset(ZoneOffset.UTC))
                    .param("id", after.id());
        }
        String jobs =
                "(select * from job j where " + page.sql() + " order by j.created_at desc, j.id desc limit :limit)";
        List<JobSummary> found = jdbc
                .sql(select(jobs) + " order by j.created_at desc, j.id desc")
                .params(page.params())
                .param("limit", query.count() + 1)
                .query(JobRow.class)
                .list()
                .stream()
                .map(row -> reader.seen(summary(row, reader)))
                .toList();
        boolean last = found.size() <= query.count();
        List<JobSummary> jobsOfPage = last ? found : found.subList(0, query.count());
        return new JobPage(jobsOfPage, last ? null : Cursor.after(jobsOfPage), totals);
    }

    /** A job with how far it is; empty if the reader may not see it. */
    public Optional<JobSummary> summary(String kind, UUID id, JobReader reader) {
        return whole(kind, id, reader).map(reader::seen);
    }

    /** What was requested by a job of this owner, with all values; empty if the owner has no such job. */
    public Optional<JobDescription> request(String kind, UUID id, String owner) {
        return jdbc.sql(select("job") + " where " + NOT_DISCARDED
                        + " and j.id = :id and j.kind = :kind and j.owner = :owner")
                .param("id", id)
                .param("kind", kind)
                .param("owner", owner)
                .query(JobRow.class)
                .optional()
                .map(this::describe);
    }

    private Optional<JobSummary> whole(String kind, UUID id, JobReader reader) {
        Conditions conditions = new Conditions()
                .and(NOT_DISCARDED + " and j.id = :id and j.kind = :kind")
                .visibleTo(reader)
                .param("id", id)
                .param("kind", kind);
        return jdbc.sql(select("job") + " where " + conditions.sql())
                .params(conditions.params())
                .query(JobRow.class)
                .optional()
                .map(row -> summary(row, reader));
    }

    /** All about a job but its units; empty if the reader may not see it. */
    public Optional<JobDetails> details(String kind, UUID id, JobReader reader) {
        return whole(kind, id, reader)
                .map(job -> reader.seesReads(job)
                        ? new JobDetails(
                                job, types.of(job), WaitingReasons.of(jdbc, job), JobEvents.of(jdbc, job), samples(job))
                        : new JobDetails(
                                job.withoutReads(),
                                List.of(),
                                WaitingReasons.of(jdbc, job),
                                JobEvents.withoutReads(JobEvents.of(jdbc, job)),
                                List.of()));
    }

    /**
     * A page of the units of a job, in the order of the plan. The caller has found the job, and sees what it reads.
     *
     * @param after the number of the last unit of the page before; 0 = the first page
     * @param count the largest number of units
     */
    public UnitPage units(UUID job, int after, int count) {
        List<UnitRow> units = UnitRows.of(jdbc, job, after, count + 1);
        boolean last = units.size() <= count;
        List<UnitRow> page = last ? units : units.subList(0, count);
        return new UnitPage(page, last ? null : page.get(page.size() - 1).number());
    }

    private Map<JobState, Long> totals(Conditions conditions) {
        record Total(String state, long jobs) {}
        Map<JobState, Long> totals = new EnumMap<>(JobState.class);
        jdbc.sql("select " + JobState.OF_ROW + " as state, count(*) as jobs from job j where " + conditions.sql()
                        + " group by 1")
                .params(conditions.params())
                .query(Total.class)
                .list()
                .forEach(total -> totals.put(JobState.valueOf(total.state()), total.jobs()));
        return totals;
    }

    private List<JobSample> samples(JobSummary job) {
        record Sample(OffsetDateTime recordedAt, long runningMillis, long done, long rowsDone) {}
        return jdbc
                .sql("select recorded_at, running_millis, done, rows_done from job_sample where job_id = :job"
                        + " order by recorded_at limit " + 2 * MOST_EVENTS)
                .param("job", job.id())
                .query(Sample.class)
                .list()
                .stream()
                .map(sample -> new JobSample(
                        sample.recordedAt().toInstant(), sample.runningMillis(), sample.done(), sample.rowsDone()))
                .toList();
    }

    private JobSummary summary(JobRow row, JobReader reader) {
        return row.summary(reader.seen(row.owner(), describe(row)).shortened());
    }

    private JobDescription describe(JobRow row) {
        JobDescriber describer = describers.get(row.kind());
        return describer == null
                ? JobDescription.UNKNOWN
                : describer.describe(row.id(), row.payload(), row.output()).orElse(JobDescription.UNKNOWN);
    }

    private static String select(String jobs) {
        return JobRow.COLUMNS.replace("{jobs}", jobs);
    }

    /** The place of a job in the list. */
    private record Cursor(Instant createdAt, UUID id) {
        static Cursor of(String text) {
            try {
                int separator = text.indexOf('-');
                long micros = Long.parseLong(text.substring(0, separator));
                return new Cursor(
                        Instant.EPOCH.plus(micros, ChronoUnit.MICROS), UUID.fromString(text.substring(separator + 1)));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "The cursor '" + text + "' is not one that a page of the list gave; leave it out.", e);
            }
        }

        static String after(List<JobSummary> page) {
            JobSummary last = page.get(page.size() - 1);
            return ChronoUnit.MICROS.between(Instant.EPOCH, last.created()) + "-" + last.id();
        }
    }

    /** Conditions on a job {@code j}, joined by "and", with their parameters. */
    private record Conditions(StringBuilder text, Map<String, @Nullable Object> params) {
        Conditions() {
            this(new StringBuilder("true"), new TreeMap<>());
        }

        Conditions copy() {
            return new Conditions(new StringBuilder(text), new TreeMap<>(params));
        }

        Conditions and(String condition) {
            text.append(" and ").append(condition);
            return this;
        }

        Conditions param(String name, @Nullable Object value) {
            params.put(name, value);
            return this;
        }

        Conditions visibleTo(JobReader reader) {
            String only = reader.only();
            param("reader", reader.owner());
            return only == null ? this : and("j.owner = :reader");
        }

        Conditions matching(JobQuery query) {
            if (!query.kinds().isEmpty()) {
                and("j.kind in (:kinds)").param("kinds", query.kinds());
            }
            if (query.owner() != null) {
                and("j.owner = :owner").param("owner", query.owner());
            }
            if (query.text() != null && !query.text().isBlank()) {
                String part = query.text().strip().replaceAll("([\\\\%_])", "\\\\$1");
                // The request of another owner is not searched: who searches would learn what it has.
                and("(j.id::text ilike :text or j.owner = :reader and j.payload ilike :text)")
                        .param("text", "%" + part + "%");
            }
            return this;
        }

        String sql() {
            return text.toString();
        }
    }
}
