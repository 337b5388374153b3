package dev.sluice.job;

import java.util.concurrent.CancellationException;

/**
 * What a running unit says of itself and hears of its job.
 *
 * <p>One thread runs the unit; another one reports its progress and looks several times a second whether the job was
 * cancelled.
 */
public final class UnitContext {
    private volatile long done;
    private volatile boolean cancelled;
    private volatile Runnable interruption = () -> {};

    /** Says how much of the unit's work is done; cheap enough for every row. */
    public void progress(long done) {
        this.done = done;
    }

    /**
     * Returns if the job still runs.
     *
     * @throws CancellationException if it was cancelled; the unit lets it through
     */
    public void check() {
        if (cancelled) {
            throw new CancellationException("the job was cancelled");
        }
    }

    /** Names the action, run by another thread, that ends what the unit is waiting for when the job is cancelled. */
    public void onCancel(Runnable action) {
        interruption = action;
        if (cancelled) {
            action.run();
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    long done() {
        return done;
    }

    void cancel() {
        if (!cancelled) {
            cancelled = true;
            interruption.run();
        }
    }
}
