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
 * What waits for workers, as metrics by which workers are started and stopped: the view {@code work_queue} of the database,
 * read every five seconds. Each process reports the same numbers.
 */
@Component
class QueueGauges {
    private static final Logger log = LoggerFactory.getLogger(QueueGauges.class);
    private static final Queue EMPTY = new Queue("", 0, 0, 0);

    private final JdbcClient jdbc;

    /** By kind of job; null while the database does not answer. */
    private final AtomicReference<@Nullable Map<String, Queue>> queues = new AtomicReference<>(Map.of());

    /**
     * The steps of the jobs of a kind: units, plans and ends of jobs.
     *
     * @param oldestSeconds how long the step that has waited longest could have been taken
     */
    record Queue(String kind, long waiting, long running, double oldestSeconds) {}

    QueueGauges(JdbcClient jdbc, List<JobHandler> handlers, MeterRegistry meters) {
        this.jdbc = jdbc;
        for (JobHandler handler : handlers) {
            String kind = handler.kind();
            Gauge.builder("sluice.units.waiting", () -> value(kind, Queue::waiting))
                    .description("Units, plans and ends of jobs that wait for a worker")
                    .tag("kind", kind)
                    .register(meters);
            Gauge.builder("sluice.units.oldest.waiting", () -> value(kind, Queue::oldestSeconds))
                    .baseUnit("seconds")
                    .description("How long the one that has waited longest could have been taken")
                    .tag("kind", kind)
                    .register(meters);
        }
    }

    private double value(String kind, ToDoubleFunction<Queue> value) {
        Map<String, Queue> read = queues.get();
        return read == null ? Double.NaN : value.applyAsDouble(read.getOrDefault(kind, EMPTY));
    }

    @Scheduled(initialDelay = 1, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void read() {
        try {
            queues.set(jdbc.sql("select * from work_queue").query(Queue.class).list().stream()
                    .collect(Collectors.toMap(Queue::kind, Function.identity())));
        } catch (DataAccessException e) {
            queues.set(null);
            log.debug("The queue cannot be read now: {}", e.getMessage());
        }
    }
}
