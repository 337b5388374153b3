package dev.sluice.job;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * What a running unit says of itself and hears of its job.
 *
 * <p>One thread runs the unit; another one reports its progress, and looks several times a second whether the unit has to
 * stop.
 */
public final class UnitContext {
    /** Why a unit has to stop. */
    enum Stop {
        NOT("it need not stop"),
        JOB_OVER("the job is over"),
        TAKEN_OVER("another process has taken the unit over"),
        HANDED_BACK("this process shuts down"),
        STALLED("it made no progress");

        private final String reason;

        Stop(String reason) {
            this.reason = reason;
        }
    }

    private final UUID job;
    private final long unit;
    private final BooleanSupplier mine;
    private final Thread thread = Thread.currentThread();
    private volatile long done;
    private volatile Stop stop = Stop.NOT;
    private volatile Runnable interruption = () -> {};
    private boolean closed;
    private long told;
    private long seen;
    private long moved = System.nanoTime();

    /** A unit that no engine runs, and nobody stops. */
    public UnitContext() {
        this(new UUID(0, 0), 0, () -> true);
    }

    /** @param mine asks the database whether this process may still finish the unit */
    UnitContext(UUID job, long unit, BooleanSupplier mine) {
        this.job = job;
        this.unit = unit;
        this.mine = mine;
    }

    /**
     * Says how much of the unit's work is done; cheap enough for every row. A unit that says nothing new for as long as
     * {@code sluice.export.stall-limit} is taken for stuck, and interrupted.
     */
    public void progress(long done) {
        this.done = done;
    }

    /**
     * Returns if the unit may go on.
     *
     * @throws CancellationException if it has to stop; the unit lets it through
     */
    public void check() {
        if (stop != Stop.NOT) {
            throw new CancellationException(stop.reason);
        }
    }

    /**
     * Returns if the unit is still this process's to do; asked directly before anything becomes visible. A process that
     * was paused for long does not know that another one has done the unit meanwhile, or that the job is over; the database
     * does.
     *
     * @throws CancellationException if it has to stop; the unit lets it through
     */
    public void confirm() {
        check();
        if (!mine.getAsBoolean()) {
            stop(Stop.TAKEN_OVER);
            check();
        }
    }

    /** Names the action, run by another thread, that ends what the unit is waiting for when it has to stop. */
    public void onCancel(Runnable action) {
        interruption = action;
        if (stop != Stop.NOT) {
            action.run();
        }
    }

    UUID job() {
        return job;
    }

    long unit() {
        return unit;
    }

    Stop stopped() {
        return stop;
    }

    /** Has the unit stop, for the first reason that is given. */
    void stop(Stop why) {
        synchronized (this) {
            if (closed || stop != Stop.NOT) {
                return;
            }
            stop = why;
            thread.interrupt();
        }
        interruption.run();
    }

    /** The unit has ended: its thread is interrupted no more, and goes on with a clean slate. Called by that thread. */
    synchronized void close() {
        closed = true;
        Thread.interrupted();
    }

    /** How much is done, if that is not what was told last time. Called by one thread. */
    OptionalLong news() {
        long now = done;
        if (now == told) {
            return OptionalLong.empty();
        }
        told = now;
        return OptionalLong.of(now);
    }

    /** The time since the unit last got on, as far as it was looked at. Called by one thread, another than the above. */
    Duration idle() {
        long now = done;
        if (now != seen) {
            seen = now;
            moved = System.nanoTime();
        }
        return Duration.ofNanos(System.nanoTime() - moved);
    }
}
