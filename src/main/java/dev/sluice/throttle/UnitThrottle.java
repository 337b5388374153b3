package dev.sluice.throttle;

import dev.sluice.database.ConnectionPool;
import dev.sluice.job.UnitContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Throttles the units of this process: limits the bytes per second that they read, and slows them down while requests
 * are slow.
 *
 * <p>A unit is checked after a number of bytes, not at each row. While it waits, only its database connection and its
 * upload wait with it.
 */
@Component
public class UnitThrottle {
    private static final long LARGE_STEP = 256 << 10;
    private static final long SMALL_STEP = 4 << 10;
    private static final int STEPS_A_SECOND = 20;
    private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(1);
    /** Shorter waits are accumulated first, because each sleep has a cost. */
    private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final @Nullable RateLimiter rateLimiter;
    private final @Nullable DutyCycle dutyCycle;
    private final long step;
    private final ThrottleMetrics metrics;
    private final ConnectionLimiter connections;

    UnitThrottle(
            ThrottleSettings settings,
            ConnectionPool pool,
            MeterRegistry meters,
            ThrottleMetrics metrics,
            ConnectionLimiter connections) {
        RequestLatencyMonitor latencyMonitor = new RequestLatencyMonitor(meters, System::nanoTime);
        long rate = settings.maxBytesPerSecond() == null
                ? Long.MAX_VALUE
                : settings.maxBytesPerSecond().toBytes();
        this.rateLimiter = settings.maxBytesPerSecond() == null ? null : new RateLimiter(rate, System::nanoTime);
        this.dutyCycle = settings.yield()
                ? new DutyCycle(() -> pool.waiting() > 0 || latencyMonitor.isSlow(), System::nanoTime)
                : null;
        this.step = Math.max(SMALL_STEP, Math.min(LARGE_STEP, rate / STEPS_A_SECOND));
        this.metrics = metrics;
        this.connections = connections;
    }

    /** The connection limit, for work that is not a unit. */
    public ConnectionLimiter connections() {
        return connections;
    }

    /** Throttles a unit from now on, in its own thread, when it reports its progress. */
    public void apply(UnitContext unit) {
        if (rateLimiter != null || dutyCycle != null) {
            unit.onProgress(step, new UnitPauses(unit)::read);
        }
    }

    /** Makes the thread of a unit sleep when the unit is ahead of its limits. */
    private final class UnitPauses {
        private final UnitContext unit;
        private long resumed = System.nanoTime();
        private long pauseDue; // in nanoseconds

        UnitPauses(UnitContext unit) {
            this.unit = unit;
        }

        void read(long bytes) {
            long worked = System.nanoTime() - resumed;
            if (rateLimiter != null) {
                long wait = rateLimiter.take(bytes);
                if (wait >= SHORTEST_WAIT) {
                    sleep(ThrottleSettings.BYTES_KEY, wait);
                }
            }
            if (dutyCycle != null) {
                rest(worked, dutyCycle.get());
            }
            resumed = System.nanoTime();
        }

        private void rest(long worked, double fraction) {
            pauseDue = fraction == 1 ? 0 : pauseDue + (long) (worked * (1 - fraction) / fraction);
            if (pauseDue >= SHORTEST_PAUSE) {
                sleep(ThrottleSettings.YIELD_KEY, Math.min(pauseDue, LONGEST_PAUSE));
                pauseDue = 0;
            }
        }

        private void sleep(String by, long nanos) {
            long end = System.nanoTime() + nanos;
            metrics.recordWait(unit, by, () -> {
                long left = end - System.nanoTime();
                if (left > 0) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(left, LONGEST_SLEEP));
                }
                return left <= LONGEST_SLEEP;
            });
        }
    }
}
