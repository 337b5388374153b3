package dev.sluice.export;

import dev.sluice.deid.Deidentifier;
import dev.sluice.job.UnitContext;
import dev.sluice.output.UnitResult;
import dev.sluice.output.UnitWriter;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.throttle.ConnectionLimiter;
import dev.sluice.throttle.UnitThrottle;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;

/** Writes the units of exports in this process, within its limits, and with the rules of their job. */
@Component
@Import(UnitWriter.class) // its package does not know Spring
class ExportUnits {
    private final UnitWriter writer;
    private final DeidentifiedExports rules;
    private final UnitThrottle throttle;

    ExportUnits(UnitWriter writer, DeidentifiedExports rules, UnitThrottle throttle) {
        this.writer = writer;
        this.rules = rules;
        this.throttle = throttle;
    }

    UnitResult write(UUID job, ExportPlan plan, PlannedUnit unit, UnitContext context) {
        throttle.apply(context);
        Deidentifier deidentifier = plan.deidentified() ? rules.of(job, plan.asOf()) : null;
        return writer.write(plan, unit, deidentifier, new UnitContextControl(context, throttle.connections()));
    }

    /** Runs another step that takes this number of connections. */
    <T> T connected(int connections, Callable<T> step) throws Exception {
        ConnectionLimiter limiter = throttle.connections();
        limiter.begin(connections);
        try {
            return step.call();
        } finally {
            limiter.end(connections);
        }
    }
}
