package dev.sluice.json;

import dev.sluice.fhir.FhirException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the heap that concurrent requests, imports and exports use for resources, to about one half. A request that exceeds
 * the limit waits briefly and is then refused with status 503; an export waits. Small resources never wait.
 *
 * <p>Safe for use by any number of threads.
 */
public class MemoryBudget {
    /** Up to here a resource is small: it is kept in memory while it comes and goes. */
    public static final int SMALL = 1 << 20;

    /** The cost up to which nothing is counted. All threads of the server together hold little of this size. */
    static final int UNCOUNTED = 1 << 17;

    /** A resource is in memory twice: as received, and as the line that is stored. */
    private static final int COPIES = 2;

    /** The heap that a name, a value or a bracket takes in a tree, at most. */
    private static final int NODE_BYTES = 128;

    /** Some of the heap that the server needs in any case. Half of the rest is left for all that is not counted. */
    private static final long OWN = 64 << 20;

    /** The garbage collector G1 gives an array of more than half a region whole regions, of 1 MB and more. */
    private static final int REGION = 1 << 20;

    private static final int ARRAY_HEADER = 16;

    private static final int UNIT = 1 << 10;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final int budget;

    /** What one resource claims at most, so that another claim of the same client remains possible. */
    private final int largest;

    private final Semaphore free;
    private final Semaphore turn = new Semaphore(1, true);
    private final Duration longestWait;

    public MemoryBudget(long bytes, Duration longestWait) {
        this.budget = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
        this.largest = budget - budget / 8;
        this.free = new Semaphore(budget, true);
        this.longestWait = longestWait;
    }

    public static MemoryBudget forThisMachine() {
        return new MemoryBudget(Math.max(0, Runtime.getRuntime().maxMemory() - OWN) / 2, LONGEST_WAIT);
    }

    /** The heap that an array of this size takes. */
    public static long arrayBytes(long bytes) {
        long all = bytes + ARRAY_HEADER;
        return all <= REGION / 2 ? bytes : (all + REGION - 1) / REGION * REGION;
    }

    /**
     * The heap that a tree of a JSON text takes, in bytes, at most. A text of many small values takes thirty times its own
     * bytes. The commas and opening brackets are counted, in strings too.
     */
    public static long treeBytes(byte[] json, int offset, int length) {
        long nodes = 0;
        for (int i = offset; i < offset + length; i++) {
            byte next = json[i];
            if (next == ',' || next == '[' || next == '{') {
                nodes++;
            }
        }
        return nodes * NODE_BYTES;
    }

    /** Begins a claim of nothing; it is the caller's to close. For one thread. */
    public Claim claim() {
        return new Claim();
    }

    /**
     * The turn of the one thread that makes something large beside all claims, because its size is not known before. Half of
     * the heap is left for it and for what is not counted.
     */
    public Semaphore turn() {
        return turn;
    }

    /** The memory that one request, import or export holds. */
    public final class Claim implements AutoCloseable {
        private int held;

        /** What was asked for by {@link #add} and is not held, because it is little. */
        private long added;

        /**
         * Makes sure that this much may be held, until the claim is closed. It waits only if nothing is held yet, so that two
         * claims never wait for each other.
         *
         * @param text bytes of one resource, which may be held however small the heap is
         * @param more bytes of heap for what is made of it, such as its tree
         * @throws FhirException 503 if too many others are held, and stay so for a while; 413 if it is more than this heap
         *     can hold
         */
        public void hold(long text, long more) {
            claim(units(text) + more / UNIT, held == 0 ? longestWait : Duration.ZERO);
        }

        /**
         * Makes sure that a line of which more and more comes may be held, up to what one claim may hold at most: the
         * parser limits its tree. It waits, so it must not be called while the claim holds what other claims may wait for
         * in turn.
         */
        public void grow(long text, long more) {
            claim(Math.min(largest, units(text) + more / UNIT), longestWait);
        }

        /** Whether nothing is held. */
        public boolean isEmpty() {
            return held == 0;
        }

        /** Makes sure that this many bytes of heap may be held beside what is held already. It does not wait. */
        public void add(long more) {
            added += more;
            claim(held + added / UNIT, Duration.ZERO);
        }

        /** The bytes of heap that are held. */
        public long bytes() {
            return (long) held * UNIT;
        }

        /** Gives back what is held beyond this many bytes. */
        public void release(long beyond) {
            int less = (int) Math.max(0, held - beyond / UNIT);
            free.release(less);
            held -= less;
        }

        private void claim(long wanted, Duration longest) {
            if (wanted > budget) {
                throw FhirException.of(
                        413,
                        "too-costly",
                        "The request needs about " + wanted * UNIT / SMALL + " MB of memory, and this server has "
                                + (long) budget * UNIT / SMALL
                                + " MB for all requests. Divide the request, or give the server a larger heap.");
            }
            if (wanted <= UNCOUNTED / UNIT || wanted <= held) {
                return;
            }
            added = 0;
            try {
                acquire((int) wanted - held, longest);
            } catch (InterruptedIOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Waits until resources of up to this size may be read, one after the other, or until this time has passed.
         *
         * @return whether they may be read
         */
        public boolean tryHold(long bytes, Duration longest) throws InterruptedException {
            if (bytes <= SMALL) {
                return true;
            }
            boolean taken = free.tryAcquire(units(bytes), longest.toMillis(), TimeUnit.MILLISECONDS);
            held += taken ? units(bytes) : 0;
            return taken;
        }

        private int units(long bytes) {
            return (int) Math.min(largest, arrayBytes(bytes) * COPIES / UNIT);
        }

        private void acquire(int units, Duration longest) throws InterruptedIOException {
            try {
                // A wait of no time would fail while others wait for more than is free.
                boolean taken = longest.isZero()
                        ? free.tryAcquire(units)
                        : free.tryAcquire(units, longest.toMillis(), TimeUnit.MILLISECONDS);
                if (!taken) {
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
            added = 0;
        }
    }
}
