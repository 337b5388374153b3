package dev.sluice.export;

import dev.sluice.deid.Deidentifier;
import dev.sluice.job.UnitContext;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.UnitResult;
import dev.sluice.output.UnitWriter;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.replica.ReplicaReads;
import dev.sluice.throttle.ConnectionLimiter;
import dev.sluice.throttle.UnitThrottle;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;

/** Writes the units of exports in this process, within its limits, and with the rules of their job. */
@Component
@Import(UnitWriter.class) // its package does not know Spring
class ExportUnits {
    private final UnitWriter writer;
    private final DeidentifiedExports rules;
    private final UnitThrottle throttle;
    private final ReplicaReads replicas;
    private final Counter rows;
    private final Counter bytes;
    private final Counter files;

    ExportUnits(
            UnitWriter writer,
            DeidentifiedExports rules,
            UnitThrottle throttle,
            ReplicaReads replicas,
            MeterRegistry meters) {
        this.writer = writer;
        this.rules = rules;
        this.throttle = throttle;
        this.replicas = replicas;
        this.rows = counter(meters, "rows", "Lines in the files that exports have written");
        this.bytes = counter(meters, "bytes", "Size of these files before compression");
        this.files = counter(meters, "files", "Files that exports have written");
    }

    private static Counter counter(MeterRegistry meters, String what, String description) {
        return Counter.builder("sluice.export." + what).description(description).register(meters);
    }

    UnitResult write(UUID job, ExportPlan plan, PlannedUnit unit, UnitContext context) {
        throttle.apply(context);
        Deidentifier deidentifier = plan.deidentified() ? rules.of(job, plan.asOf()) : null;
        UnitResult result = replicas.read(
                plan,
                unit,
                context,
                rows -> writer.reading(rows).write(plan, unit, deidentifier, new UnitContextControl(context, null)),
                () -> {
                    context.progress(0); // a replica may have given some of the rows before it failed
                    throttle.apply(context);
                    return writer.write(
                            plan, unit, deidentifier, new UnitContextControl(context, throttle.connections()));
                });
        Stream.of(result.output(), result.deleted(), result.error())
                .flatMap(List::stream)
                .forEach(this::count);
        return result;
    }

    private void count(ExportedFile file) {
        rows.increment((double) file.count());
        bytes.increment((double) file.bytes());
        files.increment();
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
