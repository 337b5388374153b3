package dev.sluice.monitor;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the events of a job. */
final class JobEvents {
    /** The events whose texts tell numbers of rows, bytes or units. */
    private static final Set<String> COUNTING = Set.of("planned", "completed");

    private record Row(
            OffsetDateTime recordedAt,
            String change,
            @Nullable Integer unit,
            @Nullable String process,
            @Nullable Integer tries,
            @Nullable String detail) {
        JobEvent event() {
            return new JobEvent(
                    recordedAt.toInstant(),
                    change.toLowerCase(Locale.ROOT).replace('_', '-'),
                    unit == null ? null : unit + 1,
                    process,
                    tries,
                    detail == null ? "" : detail);
        }
    }

    private JobEvents() {}

    /** The events of the job itself, without those of its units and without what they say of rows and bytes. */
    static List<JobEvent> withoutReads(List<JobEvent> events) {
        return events.stream()
                .filter(event -> event.unit() == null)
                .map(event -> COUNTING.contains(event.change())
                        ? new JobEvent(event.time(), event.change(), null, event.process(), event.tries(), "")
                        : event)
                .toList();
    }

    /** The events, in order; of many, the first and the last ones. */
    static List<JobEvent> of(JdbcClient jdbc, JobSummary job) {
        List<JobEvent> events = new ArrayList<>();
        events.add(new JobEvent(job.created(), "accepted", null, null, null, "The job was accepted."));
        jdbc.sql("select recorded_at, change, unit, process, try::int as tries, detail from ("
                        + "(select * from job_event where job_id = :job order by id limit :half) union"
                        + " (select * from job_event where job_id = :job order by id desc limit :half)) e order by id")
                .param("job", job.id())
                .param("half", JobSearch.MOST_EVENTS / 2)
                .query(Row.class)
                .list()
                .forEach(row -> events.add(row.event()));
        return events;
    }
}
