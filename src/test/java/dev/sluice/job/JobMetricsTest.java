package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the job engine counts. */
@IntegrationTest
class JobMetricsTest {
    private final Practice practice = new Practice();

    @Test
    void retriesCancellationsAndStepsAreCounted() {
        String database = TestDatabase.freshUrl();
        practice.faults.put("0", new AtomicInteger(1));
        practice.held.add("1");
        try (EngineProcess process = EngineProcess.start(database, practice, "sluice.export.workers=2")) {
            MeterRegistry meters = process.bean(MeterRegistry.class);
            UUID id = process.submit(2);
            await().until(() -> practice.runs("0") == 2 && practice.runs("1") == 1);

            assertThat(process.jobs().discard(Practice.KIND, id.toString(), "")).isTrue();
            assertThat(process.jobs().discard(Practice.KIND, id.toString(), "")).isFalse();
            await().until(() -> process.count("select count(*) from job") == 0);

            assertThat(meters.counter("sluice.job.retries", "kind", Practice.KIND, "cause", "stall")
                            .count())
                    .isOne();
            assertThat(meters.counter("sluice.jobs.ended", "kind", Practice.KIND, "outcome", "cancelled")
                            .count())
                    .isOne();
            assertThat(steps(meters, "plan", "none")).isOne();
            assertThat(steps(meters, "run", "TransientFailure")).isOne();
            await().untilAsserted(
                            () -> assertThat(steps(meters, "erase", "none")).isPositive());
        } finally {
            TestDatabase.drop(database);
        }
    }

    private static long steps(MeterRegistry meters, String step, String error) {
        Timer timer = meters.find("sluice.job.step")
                .tags("kind", Practice.KIND, "step", step, "error", error)
                .timer();
        return timer == null ? 0 : timer.count();
    }
}
