package dev.sluice.throttle;

import dev.sluice.job.UnitContext;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Makes units wait and records the waiting time as a metric, by the setting that causes it. */
@Component
class ThrottleMetrics {
    private static final String NAME = "sluice.export.held.back";

    private final MeterRegistry meters;

    ThrottleMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Returns when the wait is over; see {@link UnitContext#throttle}. */
    void recordWait(UnitContext unit, String by, UnitContext.Wait wait) {
        meters.timer(NAME, "by", by).record(() -> unit.throttle(by, wait));
    }
}
