package dev.sluice.export;

import dev.sluice.SluiceServer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** Removes old versions again and again, where the server does it once a minute; a last time when it is closed. */
final class Sweeping implements AutoCloseable {
    private final Runnable sweep;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "sweeping");

    Sweeping(SluiceServer server) {
        this.sweep = server.bean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .map(ScheduledTask::getTask)
                .filter(task -> task.toString().endsWith("VersionSweep.sweep"))
                .findFirst()
                .orElseThrow()
                .getRunnable();
        thread.start();
    }

    /** How often it was done. */
    int count() {
        return count.get();
    }

    @Override
    public void close() {
        done.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sweep.run();
    }

    private void run() {
        while (!done.get()) {
            sweep.run();
            count.incrementAndGet();
            LockSupport.parkNanos(5_000_000);
        }
    }
}
