package dev.sluice.telemetry;

import dev.sluice.job.JobEnded;
import dev.sluice.job.JobHandler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Counts the ends of jobs. It also registers the other counters of jobs, which the job engine increments, so that they are 0
 * and not missing before the first job: an alert on an increase would not see the step from nothing to 1.
 */
@Component
class JobCounters {
    private static final List<String> STEPS = List.of("plan", "run", "finish", "erase");
    private static final List<String> CAUSES = List.of("database", "storage", "request", "memory", "stall", "other");

    private final MeterRegistry meters;

    JobCounters(List<JobHandler> handlers, MeterRegistry meters) {
        this.meters = meters;
        handlers.stream().map(JobHandler::kind).forEach(this::register);
    }

    private void register(String kind) {
        Tags tags = Tags.of("kind", kind);
        meters.timer("sluice.job.submit", tags.and("error", "none"));
        for (String outcome : List.of("completed", "failed", "cancelled")) {
            ended(tags.and("outcome", outcome));
        }
        for (String cause : CAUSES) {
            counter("sluice.job.retries", "Steps that failed and are tried again", tags.and("cause", cause));
        }
        for (String step : STEPS) {
            meters.timer("sluice.job.step", tags.and("step", step, "error", "none"));
        }
    }

    /** After the transaction, which another process may have been faster than. */
    @TransactionalEventListener
    void count(JobEnded ended) {
        ended(Tags.of("kind", ended.kind(), "outcome", ended.completed() ? "completed" : "failed"))
                .increment();
    }

    private Counter ended(Tags tags) {
        return counter("sluice.jobs.ended", "Jobs that have ended", tags);
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(meters);
    }
}
