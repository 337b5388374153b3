package dev.sluice.export;

import dev.sluice.job.UnitContext;
import dev.sluice.output.UnitControl;
import dev.sluice.throttle.ConnectionLimiter;

/** Adapts the job engine's context of a unit to {@link UnitControl}. */
final class UnitContextControl implements UnitControl {
    private final UnitContext context;
    private final ConnectionLimiter turns;

    UnitContextControl(UnitContext context, ConnectionLimiter turns) {
        this.context = context;
        this.turns = turns;
    }

    @Override
    public void check() {
        context.check();
    }

    @Override
    public void checkLease() {
        context.checkLease();
    }

    @Override
    public void progress(long bytes) {
        context.progress(bytes);
    }

    @Override
    public void onCancel(Runnable action) {
        context.onCancel(action);
    }

    @Override
    public void beginRead() {
        turns.begin(context);
    }

    @Override
    public void endRead() {
        turns.end(1);
    }
}
