package dev.sluice.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a process that run the steps of some kinds of jobs. One idle thread at a time looks for steps. When it has
 * one, the next thread looks, so a burst of steps finds all threads.
 */
final class WorkerPool {
    private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

    private final StepQueue queue;
    private final Engine engine;
    private final List<String> kinds;
    private final long pollMillis;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock turn = new ReentrantLock();
    private final Semaphore added = new Semaphore(0);
    private boolean paused;
    private boolean failing;

    WorkerPool(StepQueue queue, Engine engine, List<String> kinds, WorkerSettings settings) {
        this.queue = queue;
        this.engine = engine;
        this.kinds = kinds;
        this.pollMillis = settings.pollInterval().toMillis();
    }

    boolean runs(String kind) {
        return kinds.contains(kind);
    }

    void start(int count) {
        for (int i = 1; i <= count; i++) {
            Thread thread = new Thread(this::work, "job-" + kinds.get(0) + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Looks for steps now. */
    void wake() {
        added.release();
    }

    /** Takes no new steps. What was taken before this returns is among {@link StepQueue#held()}. */
    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        paused = false;
        wake();
    }

    /** The threads end; a step that still runs is interrupted. */
    void close() {
        pause();
        threads.forEach(Thread::interrupt);
    }

    private void work() {
        try {
            while (true) {
                run(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the pool is closed
        }
    }

    private Lease next() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (true) {
                added.drainPermits();
                Optional<Lease> lease = claim();
                if (lease.isPresent()) {
                    return lease.get();
                }
                added.tryAcquire(pollMillis, TimeUnit.MILLISECONDS);
            }
        } finally {
            turn.unlock();
        }
    }

    private synchronized Optional<Lease> claim() {
        if (paused) {
            return Optional.empty();
        }
        try {
            Optional<Lease> lease = queue.claim(kinds);
            failing = false;
            return lease;
        } catch (RuntimeException e) {
            if (!failing) {
                log.warn("Steps could not be looked for; it is tried again.", e);
            }
            failing = true;
            return Optional.empty();
        }
    }

    private void run(Lease lease) {
        try {
            engine.run(lease);
        } catch (RuntimeException e) {
            log.warn(
                    "The end of {} could not be recorded; it is begun again when its lease is over: {}",
                    lease,
                    e.toString());
        } finally {
            queue.end(lease);
        }
    }
}
