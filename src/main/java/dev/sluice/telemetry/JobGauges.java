package dev.sluice.telemetry;

import dev.sluice.job.JobHandler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The open jobs of all processes, and their units, as metrics. They are counted every 15 seconds, so that a monitoring
 * system that reads the metrics does not wait for the database. Each process reports the same numbers.
 */
@Component
class JobGauges {
    private static final Logger log = LoggerFactory.getLogger(JobGauges.class);

    /** The condition on {@code erased} is that of an index. */
    private static final String COUNT = """
            with unit as (
                select job_id, count(*) filter (where leased) as running,
                    count(*) filter (where not leased and fault is not null) as retrying,
                    count(*) filter (where not leased and fault is null) as waiting
                from (select job_id, fault, lease_owner is not null and due_at > clock_timestamp() as leased
                    from work_unit where result is null) open
                group by job_id),
            open as (
                select j.kind, greatest(j.created_at, j.updated_at) as moved,
                    j.lease_owner is not null and j.due_at > clock_timestamp()
                        or coalesce(unit.running, 0) > 0 as running,
                    j.paused_at is not null as paused,
                    unit.running as units_running, unit.retrying as units_retrying, unit.waiting as units_waiting
                from job j left join unit on unit.job_id = j.id
                where j.status in ('ACCEPTED', 'RUNNING') and j.status <> 'COMPLETED'
                    and not (j.status = 'FAILED' and j.erased))
            select kind, count(*) filter (where paused) as paused,
                count(*) filter (where running and not paused) as running,
                count(*) filter (where not running and not paused) as waiting,
                coalesce(extract(epoch from clock_timestamp() - min(moved) filter (where not running and not paused)),
                    0)::float8 as oldest_waiting,
                coalesce(sum(units_running), 0) as units_running, coalesce(sum(units_retrying), 0) as units_retrying,
                coalesce(sum(units_waiting), 0) as units_waiting
            from open group by kind
            """;

    private static final Counts NONE = new Counts("", 0, 0, 0, 0, 0, 0, 0);

    private final JdbcClient jdbc;

    /** By kind of job; null while the database does not answer. */
    private final AtomicReference<@Nullable Map<String, Counts>> counted = new AtomicReference<>(Map.of());

    /**
     * The open jobs of a kind.
     *
     * @param paused jobs that a client has paused
     * @param running other jobs of which a process runs a step
     * @param waiting the other ones
     * @param oldestWaiting the seconds since the last progress of the job that has waited longest; 0 if none waits
     * @param unitsRetrying units that have failed and are tried again later
     */
    record Counts(
            String kind,
            long paused,
            long running,
            long waiting,
            double oldestWaiting,
            long unitsRunning,
            long unitsRetrying,
            long unitsWaiting) {}

    JobGauges(JdbcClient jdbc, List<JobHandler> handlers, MeterRegistry meters) {
        this.jdbc = jdbc;
        for (JobHandler handler : handlers) {
            String kind = handler.kind();
            gauge(meters, "sluice.jobs", kind, "paused", Counts::paused);
            gauge(meters, "sluice.jobs", kind, "running", Counts::running);
            gauge(meters, "sluice.jobs", kind, "waiting", Counts::waiting);
            gauge(meters, "sluice.job.units", kind, "running", Counts::unitsRunning);
            gauge(meters, "sluice.job.units", kind, "retrying", Counts::unitsRetrying);
            gauge(meters, "sluice.job.units", kind, "waiting", Counts::unitsWaiting);
            Gauge.builder("sluice.jobs.oldest.waiting", () -> value(kind, Counts::oldestWaiting))
                    .baseUnit("seconds")
                    .description("Time since the last progress of the job that has waited longest")
                    .tag("kind", kind)
                    .register(meters);
        }
    }

    private void gauge(MeterRegistry meters, String name, String kind, String state, ToDoubleFunction<Counts> value) {
        Gauge.builder(name, () -> value(kind, value))
                .description(name.equals("sluice.jobs") ? "Jobs that have not ended" : "Units that are not done")
                .tag("kind", kind)
                .tag("state", state)
                .register(meters);
    }

    private double value(String kind, ToDoubleFunction<Counts> value) {
        Map<String, Counts> counts = counted.get();
        return counts == null ? Double.NaN : value.applyAsDouble(counts.getOrDefault(kind, NONE));
    }

    @Scheduled(initialDelay = 1, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void count() {
        try {
            counted.set(jdbc.sql(COUNT).query(Counts.class).list().stream()
                    .collect(Collectors.toMap(Counts::kind, Function.identity())));
        } catch (DataAccessException e) {
            counted.set(null);
            log.debug("The jobs cannot be counted now: {}", e.getMessage());
        }
    }
}
