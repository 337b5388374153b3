package dev.sluice.job;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

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
        LEASE_LOST("the job is over, or another process runs the unit"),
        HANDED_BACK("this process shuts down"),
        STALLED("it made no progress");

        private final String reason;

        Stop(String reason) {
            this.reason = reason;
        }
    }

    /** What a unit is held back for. */
    @FunctionalInterface
    public interface Wait {
        /** Whether it is over; waits for that, but no longer than a second at a time. */
        boolean isOver() throws InterruptedException;
    }

    /**
     * What a unit has to tell.
     *
     * @param done how much is done
     * @param throttledBy what holds it back, or has since it was asked last; null = nothing
     */
    record News(long done, @Nullable String throttledBy) {}

    private final BooleanSupplier held;
    private final Thread thread = Thread.currentThread();
    private volatile long done;
    private volatile Stop stop = Stop.NOT;
    private volatile Runnable interruption = () -> {};
    private volatile @Nullable String throttledBy;
    private volatile @Nullable String heldBefore;
    private LongConsumer action = more -> {};
    private long step;
    private long due = Long.MAX_VALUE;
    private long paced;
    private boolean closed;
    private News told = new News(0, null);
    private long seen;
    private long moved = System.nanoTime();

    /** A unit that no engine runs, and nobody stops. */
    public UnitContext() {
        this(() -> true);
    }

    /** @param held asks the database whether this process may still finish the unit */
    UnitContext(BooleanSupplier held) {
        this.held = held;
    }

    /**
     * Says how much of the unit's work is done; cheap enough for every row. A unit that says nothing new for as long as
     * {@code sluice.export.stall-limit} is taken for stuck, and interrupted.
     */
    public void progress(long done) {
        this.done = done;
        if (done >= due) {
            settle();
        }
    }

    /** Runs the action of {@link #onProgress} for what was done since the last time, so that nothing is left at the end. */
    public void settle() {
        due = done + step;
        long more = done - paced;
        paced = done;
        action.accept(more);
    }

    /** Names the action that the unit's own thread runs whenever this much more is done; it is told how much, and may wait. */
    public void onProgress(long step, LongConsumer action) {
        this.step = step;
        this.action = action;
        due = done + step;
        paced = done;
    }

    /**
     * Holds the unit back, on purpose; so this is not taken for being stuck, however long it is. Called by the unit's thread.
     *
     * @param by what does it, for people: the job's progress says "held back by" it
     * @throws CancellationException if the unit has to stop; it ends the wait at once
     */
    public void throttle(String by, Wait wait) {
        throttledBy = by;
        try {
            do {
                check();
            } while (!wait.isOver());
        } catch (InterruptedException e) {
            check();
            thread.interrupt();
            throw new CancellationException("it was interrupted while it was held back by " + by);
        } finally {
            heldBefore = by;
            throttledBy = null;
        }
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
    public void checkLease() {
        check();
        if (!held.getAsBoolean()) {
            stop(Stop.LEASE_LOST);
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

    /** What the unit has to tell, if that is not what it told last time. Called by one thread. */
    Optional<News> news() {
        String now = throttledBy;
        String before = heldBefore;
        heldBefore = null;
        News news = new News(done, now == null ? before : now);
        if (news.equals(told)) {
            return Optional.empty();
        }
        told = news;
        return Optional.of(news);
    }

    /** The time since the unit last got on, as far as it was looked at. Called by one thread, another than the above. */
    Duration idle() {
        long now = done;
        if (now != seen || throttledBy != null) {
            seen = now;
            moved = System.nanoTime();
        }
        return Duration.ofNanos(System.nanoTime() - moved);
    }
}
