package dev.sluice.throttle;

import dev.sluice.job.UnitContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.springframework.stereotype.Component;

/** Makes units wait and records the waiting time as a metric, by the setting that causes it. */
@Component
class ThrottleMetrics {
    private static final String NAME = "sluice.export.held.back";

    private final MeterRegistry meters;

    ThrottleMetrics(MeterRegistry meters) {
        this.meters = meters;
        // So that they are 0 and not missing until a unit is held back.
        ThrottleSettings.KEYS.forEach(this::timer);
    }

    /** Returns when the wait is over; see {@link UnitContext#throttle}. */
    void recordWait(UnitContext unit, String by, UnitContext.Wait wait) {
        timer(by).record(() -> unit.throttle(by, wait));
    }

    private Timer timer(String by) {
        return meters.timer(NAME, "by", by);
    }
}
