package dev.sluice.json;

import dev.sluice.fhir.FhirException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the heap that large resources of concurrent requests and exports use to one half. A request that exceeds the
 * limit waits briefly and is then refused with status 503; an export waits. Small resources never wait.
 *
 * <p>Safe for use by any number of threads.
 */
public class MemoryBudget {
    /** Up to here a resource is small, and not counted. */
    public static final int SMALL = 1 << 20;

    /** A resource is in memory twice: as received, and as the line that is stored. */
    private static final int COPIES = 2;

    private static final int UNIT = 1 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int budget;
    private final Semaphore free;
    private final Duration patience;

    public MemoryBudget(long bytes, Duration patience) {
        this.budget = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
        this.free = new Semaphore(budget, true);
        this.patience = patience;
    }

    public static MemoryBudget forThisMachine() {
        return new MemoryBudget(Runtime.getRuntime().maxMemory() / 2, PATIENCE);
    }

    /** Begins a claim of nothing; it is the caller's to close. For one thread. */
    public Claim claim() {
        return new Claim();
    }

    /** The memory that one request or import holds. */
    public final class Claim implements AutoCloseable {
        private int held;

        /**
         * Makes sure that a body of this size may be held, until the claim is closed. One alone may always be, whatever
         * the heap is. A held claim does not grow, so that two claims never wait for each other: a caller that does not
         * know the size claims the largest.
         *
         * @throws FhirException 503 if too many others are held, and stay so for a while
         */
        public void take(int bytes) throws InterruptedIOException {
            if (bytes > SMALL && held == 0) {
                acquire(units(bytes), patience);
            }
        }

        /**
         * Makes sure that this much may be held by a request that makes more than it brought. It waits only if nothing is
         * held yet.
         *
         * @throws FhirException 503 if too many others are held
         */
        public void hold(long bytes) {
            int wanted = units(bytes);
            if (bytes <= SMALL || wanted <= held) {
                return;
            }
            try {
                acquire(wanted - held, held == 0 ? patience : Duration.ZERO);
            } catch (InterruptedIOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Waits until resources of up to this size may be read, one after the other.
         *
         * @param check called about every second of the wait; may end it with an exception
         */
        public void await(long bytes, Runnable check) {
            if (bytes <= SMALL) {
                return;
            }
            try {
                while (!free.tryAcquire(units(bytes), 1, TimeUnit.SECONDS)) {
                    check.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for memory");
            }
            held += units(bytes);
        }

        private int units(long bytes) {
            return (int) Math.min(budget, bytes * COPIES / UNIT);
        }

        private void acquire(int units, Duration longest) throws InterruptedIOException {
            try {
                if (!free.tryAcquire(units, longest.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw FhirException.of(
                            503,
                            "throttled",
                            "The server is busy with other large resources, and its memory is bounded. Send the same"
                                    + " request again a little later.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for memory");
            }
            held += units;
        }

        /** Gives back what is held; the claim can be used again. */
        @Override
        public void close() {
            free.release(held);
            held = 0;
        }
    }
}
