package dev.sluice.job;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.stereotype.Component;

/**
 * When the process is told to stop, it takes no new steps, lets those that run come to their end for a while, and gives the
 * others back, so that another process begins them within a second and not at the end of their leases.
 *
 * <p>It runs while the web server finishes its requests, so neither waits for the other.
 */
@Component
class GracefulShutdown implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(GracefulShutdown.class);
    private static final Duration STOPPING = Duration.ofSeconds(3);

    /** The time for releasing leases. The release stops at the first lease for which the database fails. */
    private static final Duration RELEASING = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 20;

    /** The phase in which the web server ends its requests. */
    private static final int WITH_REQUESTS = DEFAULT_PHASE - 1024;

    private final Workers workers;
    private final UnitMonitor monitor;
    private final StepQueue queue;
    private final JobSettings settings;
    private final AtomicBoolean running = new AtomicBoolean();

    GracefulShutdown(Workers workers, UnitMonitor monitor, StepQueue queue, JobSettings settings) {
        this.workers = workers;
        this.monitor = monitor;
        this.queue = queue;
        this.settings = settings;
    }

    /** Gives the phase of Spring the time that is needed, or the configured time if that is longer. */
    @Autowired
    void extendPhase(DefaultLifecycleProcessor lifecycle, LifecycleProperties properties) {
        Duration needed = settings.shutdownGrace().plus(STOPPING).plus(RELEASING);
        Duration configured = properties.getTimeoutPerShutdownPhase();
        lifecycle.setTimeoutForShutdownPhase(getPhase(), Math.max(needed.toMillis(), configured.toMillis()));
    }

    @Override
    public void start() {
        running.set(true);
    }

    /**
     * Stops in a thread of its own. The common pool has a single thread on two cores, and from JDK 25 on it completes the
     * requests to the storage that the running steps wait for.
     */
    @Override
    public void stop(Runnable done) {
        Runnable stopping = () -> {
            try {
                stop();
            } finally {
                done.run();
            }
        };
        new Thread(stopping, "graceful-shutdown").start();
    }

    @Override
    public void stop() {
        workers.pause();
        try {
            if (!idleWithin(settings.shutdownGrace())) {
                log.info(
                        "{} steps do not end in time and are released.",
                        queue.running().size());
                monitor.stopAll();
                idleWithin(STOPPING);
            }
            // What does not stop can neither make anything visible nor record it without its lease.
            queue.running().forEach(queue::release);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("Steps could not be released; others take them when the leases are over: {}", e.toString());
        } finally {
            running.set(false);
        }
    }

    @Override
    public boolean isRunning() {
        return running.get();
    }

    @Override
    public int getPhase() {
        return WITH_REQUESTS;
    }

    private boolean idleWithin(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!queue.isIdle()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }
}
