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
 * Says whether reads and writes of single resources take longer than usual, by what the web server measures of them anyway.
 *
 * <p>Usual is, for requests of a kind (method, path, status), what they took while no unit ran, or about the best mean of a few
 * of them that there was since. It is forgotten slowly, so that a change that is there to stay is usual after some minutes. Not
 * safe for use by several threads.
 */
final class RequestLatencyMonitor {
    private static final String REQUESTS = "http.server.requests";

    /** Fewer requests say little. */
    private static final long FEW = 5;

    /** Units have nobody look for so long only if none runs. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(5);

    private static final double SLOWER = 2;
    private static final double AT_LEAST_MILLIS = 1;
    private static final double FORGOTTEN_A_SECOND = 0.01;
    private static final double FORGOTTEN_AT_ONCE = 0.5;

    private final MeterRegistry meters;
    private final LongSupplier clock;
    private final Map<Meter.Id, Kind> kinds = new HashMap<>();
    private long looked;

    /** @param clock gives nanoseconds that only grow */
    RequestLatencyMonitor(MeterRegistry meters, LongSupplier clock) {
        this.meters = meters;
        this.clock = clock;
        this.looked = clock.getAsLong();
    }

    /** Looks at the requests that were served since the look before; a kind that is new is taken for slow, once. */
    boolean isSlow() {
        long now = clock.getAsLong();
        boolean quiet = now - looked >= QUIET;
        looked = now;
        boolean slow = false;
        for (Timer timer : meters.find(REQUESTS).timers()) {
            if (counts(timer.getId())) {
                slow |= kinds.computeIfAbsent(timer.getId(), id -> new Kind(now))
                        .isSlow(timer, now, quiet);
            }
        }
        return slow;
    }

    /** Kick-offs, downloads and loading take as long as they are large; and who asks how a job stands is no person. */
    private static boolean counts(Meter.Id id) {
        @Nullable String uri = id.getTag("uri");
        return uri != null && uri.startsWith("/fhir/") && !uri.contains("$") && !uri.contains("/_operations/");
    }

    /** Requests of one kind, and how long they usually take. */
    private static final class Kind {
        private long count;
        private double total;
        private double usual = Double.NaN;
        private long looked;

        Kind(long now) {
            looked = now;
        }

        boolean isSlow(Timer timer, long now, boolean quiet) {
            long more = timer.count() - count;
            if (more < FEW) {
                return false;
            }
            double all = timer.totalTime(TimeUnit.MILLISECONDS);
            double mean = (all - total) / more;
            double seconds = (now - looked) / 1e9;
            boolean slow = !quiet && !(mean <= SLOWER * usual + AT_LEAST_MILLIS); // so is what nothing is known of
            double forgotten = usual * (1 + Math.min(FORGOTTEN_AT_ONCE, FORGOTTEN_A_SECOND * seconds));
            usual = quiet || Double.isNaN(usual) ? mean : Math.min(mean, forgotten);
            count += more;
            total = all;
            looked = now;
            return slow;
        }
    }
}
