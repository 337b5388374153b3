package dev.sluice.web;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how fast the client of a connection sends and takes data, and ends a connection that is too slow. Only time
 * in which the server waits for the client counts; the time between two requests does not.
 *
 * <p>For the threads of one connection, of which one works at a time.
 */
final class DataRate {
    /** Several downloads can share a slow line. */
    static final int LEAST_BYTES_A_SECOND = 1_000;

    /** The time over which the rate is measured. Headers are shorter than what a client must send in this time, so they must be complete by then. */
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(20);

    private final LongSupplier clock;
    private final Way in = new Way();
    private final Way out = new Way();

    /** @param clock a monotonic clock in nanoseconds */
    DataRate(LongSupplier clock) {
        this.clock = clock;
    }

    /** Begins with a new request. What was before does not count, such as the time between two requests. */
    void restart() {
        in.restart();
        out.restart();
    }

    /** @param bytes how many were read; 0 if the client must send more first */
    void read(long bytes) throws SocketTimeoutException {
        in.moved(bytes, bytes == 0);
    }

    /**
     * @param bytes how many were written
     * @param more whether the client must take data before the rest can be written
     */
    void written(long bytes, boolean more) throws SocketTimeoutException {
        out.moved(bytes, more);
    }

    /** One direction. */
    private final class Way {
        private boolean waiting;
        private long since;
        private long waited;
        private long bytes;

        void restart() {
            waiting = false;
            waited = 0;
            bytes = 0;
        }

        void moved(long more, boolean waits) throws SocketTimeoutException {
            long now = clock.getAsLong();
            if (waiting) {
                waited += now - since;
            }
            since = now;
            waiting = waits;
            bytes += more;
            if (waited >= WINDOW) {
                if (bytes < LEAST_BYTES_A_SECOND * TimeUnit.NANOSECONDS.toSeconds(waited)) {
                    throw new SocketTimeoutException(
                            "The client sends or takes less than " + LEAST_BYTES_A_SECOND + " bytes a second");
                }
                waited = 0;
                bytes = 0;
            }
        }
    }
}
