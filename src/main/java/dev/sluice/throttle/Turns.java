package dev.sluice.throttle;

import dev.sluice.database.ConnectionPool;
import dev.sluice.job.UnitContext;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Has those who read for exports take turns at the database, so that they leave connections of the pool to requests.
 *
 * <p>What somebody needs is taken at once and not one after the other, so nobody waits for a second connection while he has
 * the first one. Turns come in the order in which they are asked for; units ask again every second, so plans and endings come
 * before them.
 */
@Component
public class Turns {
    private final int most;
    private final @Nullable Semaphore free;
    private final ThrottleMetrics heldBack;

    Turns(GovernorSettings settings, ConnectionPool pool, ThrottleMetrics heldBack) {
        Integer limit = settings.maxDatabaseConnections();
        if (limit != null && limit >= pool.size()) {
            throw new IllegalStateException(GovernorSettings.CONNECTIONS_KEY + " is " + limit + ", but the pool has "
                    + pool.size() + " connections, and requests need some of them. Set it to "
                    + Math.max(1, pool.size() - 1) + " or less, or enlarge the pool by"
                    + " spring.datasource.hikari.maximum-pool-size.");
        }
        this.most = limit == null ? Integer.MAX_VALUE : limit;
        this.free = limit == null ? null : new Semaphore(limit, true);
        this.heldBack = heldBack;
    }

    /** Waits for a turn of a unit, with one connection. */
    public void begin(UnitContext unit) {
        if (free != null && !free.tryAcquire()) {
            heldBack.hold(unit, GovernorSettings.CONNECTIONS_KEY, () -> free.tryAcquire(1, TimeUnit.SECONDS));
        }
    }

    /** Waits for a turn of what is no unit, with this many connections, or all that there are. */
    public void begin(int connections) throws InterruptedException {
        if (free != null) {
            free.acquire(Math.min(connections, most));
        }
    }

    /** Ends a turn that was begun with this many connections. */
    public void end(int connections) {
        if (free != null) {
            free.release(Math.min(connections, most));
        }
    }
}
