package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobEnded;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The ends of jobs as counters. */
class JobCountersTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void eachEndIsCountedByItsOutcome() {
        JobCounters counters = new JobCounters(List.of(), meters);

        counters.count(new JobEnded(new UUID(0, 1), "export", "", true, 10));
        counters.count(new JobEnded(new UUID(0, 2), "export", "", false, 10));
        counters.count(new JobEnded(new UUID(0, 3), "export", "", false, 10));

        assertThat(ended("completed")).isEqualTo(1);
        assertThat(ended("failed")).isEqualTo(2);
    }

    private double ended(String outcome) {
        return meters.counter("sluice.jobs.ended", "kind", "export", "outcome", outcome)
                .count();
    }
}
