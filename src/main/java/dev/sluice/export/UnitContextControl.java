package dev.sluice.export;

import dev.sluice.job.UnitContext;
import dev.sluice.output.UnitControl;
import dev.sluice.throttle.ConnectionLimiter;

/** Adapts the job engine's context of a unit to {@link UnitControl}. */
final class UnitContextControl implements UnitControl {
    private final UnitContext context;
    private final ConnectionLimiter connections;

    UnitContextControl(UnitContext context, ConnectionLimiter connections) {
        this.context = context;
        this.connections = connections;
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
    public void throttle(String by, Wait wait) {
        context.throttle(by, wait::isOver);
    }

    @Override
    public void beginRead() {
        connections.begin(context);
    }

    @Override
    public void endRead() {
        connections.end(1);
    }
}
