package dev.sluice.fhir;

import java.io.InterruptedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has each client do the same costly work once at a time. Its other requests wait for a few seconds and are then refused.
 * Safe for use by any number of threads.
 */
public final class OwnerLimit {
    private final Map<String, Turns> owners = new ConcurrentHashMap<>();
    private final String work;

    private record Turns(ConcurrencyLimit limit, int requests) {}

    /** @param work what is done, as the rest of a sentence about a busy server */
    public OwnerLimit(String work) {
        this.work = work;
    }

    /**
     * Does the work.
     *
     * @throws FhirException 503 if the owner does it already, and stays at it for a while
     */
    public <T> T run(String owner, ConcurrencyLimit.Work<T> costly) throws InterruptedIOException {
        Turns turns = owners.merge(
                owner,
                new Turns(new ConcurrencyLimit(1, work), 1),
                (now, first) -> new Turns(now.limit, now.requests + 1));
        try {
            return turns.limit.run(costly);
        } finally {
            owners.computeIfPresent(
                    owner, (key, now) -> now.requests == 1 ? null : new Turns(now.limit, now.requests - 1));
        }
    }
}
