package dev.sluice.export;

import dev.sluice.job.UnitContext;
import dev.sluice.output.UnitControl;
import dev.sluice.throttle.ConnectionLimiter;
import org.jspecify.annotations.Nullable;

/** Adapts the job engine's context of a unit to {@link UnitControl}. */
final class UnitContextControl implements UnitControl {
    private final UnitContext context;
    private final @Nullable ConnectionLimiter connections;

    /** @param connections limits the connections to the database that is read; null = something else does */
    UnitContextControl(UnitContext context, @Nullable ConnectionLimiter connections) {
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
        if (connections != null) {
            connections.begin(context);
        }
    }

    @Override
    public void endRead() {
        if (connections != null) {
            connections.end(1);
        }
    }
}
