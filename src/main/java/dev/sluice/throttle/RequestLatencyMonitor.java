package dev.sluice.throttle;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Detects whether reads and writes of single resources take longer than usual, by the metrics of the web server.
 *
 * <p>The usual time of a kind of requests (method, path, status) is their mean while no unit ran, or the lowest mean of
 * a few requests since then. It is adjusted slowly, so that a permanent change becomes usual after some minutes. Not
 * safe for use by several threads.
 */
final class RequestLatencyMonitor {
    private static final String REQUESTS = "http.server.requests";

    /** The smallest number of requests that is evaluated. */
    private static final long FEW_REQUESTS = 5;

    /** A longer time since the last check means that no unit ran. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(5);

    private static final double SLOWER = 2;
    private static final double AT_LEAST_MILLIS = 1;
    private static final double FORGOTTEN_A_SECOND = 0.01;
    private static final double FORGOTTEN_AT_ONCE = 0.5;

    private final MeterRegistry meters;
    private final LongSupplier clock;
    private final Map<Meter.Id, Kind> kinds = new HashMap<>();
    private long checked;

    /** @param clock a monotonic clock in nanoseconds */
    RequestLatencyMonitor(MeterRegistry meters, LongSupplier clock) {
        this.meters = meters;
        this.clock = clock;
        this.checked = clock.getAsLong();
    }

    /** Evaluates the requests that were served since the last check. A new kind counts as slow once. */
    boolean isSlow() {
        long now = clock.getAsLong();
        boolean quiet = now - checked >= QUIET;
        checked = now;
        boolean slow = false;
        for (Timer timer : meters.find(REQUESTS).timers()) {
            if (counts(timer.getId())) {
                slow |= kinds.computeIfAbsent(timer.getId(), id -> new Kind(now))
                        .isSlow(timer, now, quiet);
            }
        }
        return slow;
    }

    /**
     * Excludes kick-offs, downloads and imports, whose time depends on their size, and status requests, which are not
     * interactive.
     */
    private static boolean counts(Meter.Id id) {
        @Nullable String uri = id.getTag("uri");
        return uri != null && uri.startsWith("/fhir/") && !uri.contains("$") && !uri.contains("/_operations/");
    }

    /** The requests of one kind and their usual time. */
    private static final class Kind {
        private long count;
        private double total;
        private double usual = Double.NaN;
        private long checked;

        Kind(long now) {
            checked = now;
        }

        boolean isSlow(Timer timer, long now, boolean quiet) {
            long more = timer.count() - count;
            if (more < FEW_REQUESTS) {
                return false;
            }
            double all = timer.totalTime(TimeUnit.MILLISECONDS);
            double mean = (all - total) / more;
            double seconds = (now - checked) / 1e9;
            boolean slow = !quiet
                    && !(mean
                            <= SLOWER * usual
                                    + AT_LEAST_MILLIS); // a kind without a known usual time counts as slow too
            double forgotten = usual * (1 + Math.min(FORGOTTEN_AT_ONCE, FORGOTTEN_A_SECOND * seconds));
            usual = quiet || Double.isNaN(usual) ? mean : Math.min(mean, forgotten);
            count += more;
            total = all;
            checked = now;
            return slow;
        }
    }
}
