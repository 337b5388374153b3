package dev.sluice.fhir;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Has only some requests do the same costly work at a time. Others wait for a few seconds and are then refused. Safe for use
 * by any number of threads.
 */
public final class ConcurrencyLimit {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Semaphore free;
    private final String work;

    /** @param work what is done, as the rest of a sentence about a busy server, such as {@code other estimates} */
    public ConcurrencyLimit(int atATime, String work) {
        this.free = new Semaphore(atATime, true);
        this.work = work;
    }

    /** Costly work. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; it may wait for its turn in another limit. */
        T run() throws InterruptedIOException;
    }

    /**
     * Does the work.
     *
     * @throws FhirException 503 if too many others do it, and stay at it for a while
     */
    public <T> T run(Work<T> costly) throws InterruptedIOException {
        acquire();
        try {
            return costly.run();
        } finally {
            free.release();
        }
    }

    private void acquire() throws InterruptedIOException {
        try {
            if (!free.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw FhirException.of(
                        503, "throttled", "The server is busy with " + work + ". Send the same request again later.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + work);
        }
    }
}
