package dev.sluice.job;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Connects a running unit with the engine: the unit reports its progress, and the engine tells it to stop.
 *
 * <p>One thread runs the unit. Another one records its progress, and checks several times a second whether the unit has to
 * stop.
 */
public final class UnitContext {
    /** Why a unit has to stop. */
    enum Stop {
        NOT("it need not stop"),
        LEASE_LOST("the job is paused or over, or another process runs the unit"),
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
        /** Waits for a short time, of a few seconds at most, and returns whether the wait is over. */
        boolean isOver() throws InterruptedException;
    }

    /**
     * How far a unit is.
     *
     * @param done how much is done
     * @param written the rows that it has written; null = not known
     * @param throttledBy what holds it back, or has since the last report; null = nothing
     */
    record Report(
            long done, @Nullable Long written, @Nullable String throttledBy) {}

    /** How much of a unit is in the store, as the row of the unit has it. */
    interface Checkpoint {
        /** That of a unit which records nothing. */
        Checkpoint NONE = new Checkpoint() {
            @Override
            public @Nullable String last() {
                return null;
            }

            @Override
            public boolean record(String text) {
                return true;
            }
        };

        @Nullable
        String last();

        /** Records it in the caller's transaction; false if the unit is not this process's any more. */
        boolean record(String text);
    }

    private final BooleanSupplier leaseHeld;
    private final Checkpoint checkpoint;
    private final Thread thread = Thread.currentThread();
    private volatile long done;
    private volatile @Nullable Long written;
    private volatile @Nullable String source;
    private volatile Stop stop = Stop.NOT;
    private volatile Runnable interruption = () -> {};
    private volatile @Nullable String throttledBy;
    private volatile @Nullable String throttledBefore;
    private LongConsumer action = more -> {};
    private long interval;
    private long nextNotification = Long.MAX_VALUE;
    private long notified;
    private boolean closed;
    private Report reported = new Report(0, null, null);
    private long lastSeen;
    private long lastMoved = System.nanoTime();

    /** A unit that no engine runs, and nobody stops. */
    public UnitContext() {
        this(() -> true);
    }

    /** @param leaseHeld asks the database whether this process may still finish the unit */
    UnitContext(BooleanSupplier leaseHeld) {
        this(leaseHeld, Checkpoint.NONE);
    }

    UnitContext(BooleanSupplier leaseHeld, Checkpoint checkpoint) {
        this.leaseHeld = leaseHeld;
        this.checkpoint = checkpoint;
    }

    /**
     * Says how much of the unit's work is done; cheap enough for every row. A unit that says nothing new for as long as
     * {@code sluice.export.stall-limit} is taken for stuck, and interrupted.
     */
    public void progress(long done) {
        this.done = done;
        if (done >= nextNotification) {
            notifyProgress();
        }
    }

    /** Says how many rows the unit has written, to files or to the store, at its end or earlier. */
    public void written(long rows) {
        written = rows;
    }

    @Nullable
    Long written() {
        return written;
    }

    /** Says which database the unit reads from, if there are several. */
    public void readFrom(String source) {
        this.source = source;
    }

    @Nullable
    String source() {
        return source;
    }

    /** Runs the action of {@link #onProgress} for what was done since the last time, so that nothing is left at the end. */
    public void notifyProgress() {
        nextNotification = done + interval;
        long more = done - notified;
        notified = done;
        action.accept(more);
    }

    /** Names the action that the unit's own thread runs whenever this much more is done; it is told how much, and may wait. */
    public void onProgress(long interval, LongConsumer action) {
        this.interval = interval;
        this.action = action;
        nextNotification = done + interval;
        notified = done;
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
            throttledBefore = by;
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
        if (!leaseHeld.getAsBoolean()) {
            stop(Stop.LEASE_LOST);
            check();
        }
    }

    /** What {@link #recordCheckpoint} has recorded last of the unit, in whatever process; null = nothing. */
    public @Nullable String checkpoint() {
        return checkpoint.last();
    }

    /**
     * Records how much of the unit is in the store, in the transaction that writes to the store, so that a process that runs
     * the unit again does not write it again. Called as the last statement of the transaction, by any thread.
     *
     * @param text in a form that only the handler reads
     * @throws CancellationException if the unit has to stop, or is not this process's any more; the transaction has to be
     *     rolled back then
     */
    public void recordCheckpoint(String text) {
        check();
        if (!checkpoint.record(text)) {
            stop(Stop.LEASE_LOST);
            throw new CancellationException(Stop.LEASE_LOST.reason);
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

    /** The unit has ended: its thread is not interrupted any more, and its interrupt flag is cleared. Called by that thread. */
    synchronized void close() {
        closed = true;
        Thread.interrupted();
    }

    /** How far the unit is, if that differs from the last report. Called by one thread. */
    Optional<Report> newReport() {
        String now = throttledBy;
        String before = throttledBefore;
        throttledBefore = null;
        Report report = new Report(done, written, now == null ? before : now);
        if (report.equals(reported)) {
            return Optional.empty();
        }
        reported = report;
        return Optional.of(report);
    }

    /** The time since the unit last got on, as far as it was looked at. Called by one thread, another than the above. */
    Duration idle() {
        long now = done;
        if (now != lastSeen || throttledBy != null) {
            lastSeen = now;
            lastMoved = System.nanoTime();
        }
        return Duration.ofNanos(System.nanoTime() - lastMoved);
    }
}
