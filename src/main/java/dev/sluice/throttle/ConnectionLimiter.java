package dev.sluice.throttle;

import dev.sluice.database.ConnectionPool;
import dev.sluice.job.UnitContext;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Limits the database connections that exports use at a time, so that connections of the pool remain for requests.
 *
 * <p>A caller acquires all connections that it needs together, so no caller waits for a second connection while it
 * holds the first. Callers are served in their order. Units repeat their request every second, so that planning and
 * completion come before them.
 */
@Component
public class ConnectionLimiter {
    private final int most;
    private final @Nullable Semaphore free;
    private final ThrottleMetrics metrics;

    ConnectionLimiter(ThrottleSettings settings, ConnectionPool pool, ThrottleMetrics metrics) {
        Integer limit = settings.maxDatabaseConnections();
        if (limit != null && limit >= pool.size()) {
            throw new IllegalStateException(ThrottleSettings.CONNECTIONS_KEY + " is " + limit + ", but the pool has "
                    + pool.size() + " connections, and requests need some of them. Set it to "
                    + Math.max(1, pool.size() - 1) + " or less, or enlarge the pool by"
                    + " spring.datasource.hikari.maximum-pool-size.");
        }
        this.most = limit == null ? Integer.MAX_VALUE : limit;
        this.free = limit == null ? null : new Semaphore(limit, true);
        this.metrics = metrics;
    }

    /** Acquires one connection for a unit; waits if none is free. */
    public void begin(UnitContext unit) {
        if (free != null && !free.tryAcquire()) {
            metrics.recordWait(unit, ThrottleSettings.CONNECTIONS_KEY, () -> free.tryAcquire(1, TimeUnit.SECONDS));
        }
    }

    /**
     * Acquires this number of connections, or all of the limit, for work that is not a unit; waits if they are not
     * free.
     */
    public void begin(int connections) throws InterruptedException {
        if (free != null) {
            free.acquire(Math.min(connections, most));
        }
    }

    /** Releases this number of connections. */
    public void end(int connections) {
        if (free != null) {
            free.release(Math.min(connections, most));
        }
    }
}
