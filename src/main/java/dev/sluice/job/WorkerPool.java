package dev.sluice.job;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads of a process that run the steps of one kind of job. A thread that finds a step has another thread look for
 * the next one, and looks again after it, so a burst of steps finds all threads.
 */
final class WorkerPool {
    private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

    private final StepQueue queue;
    private final Engine engine;
    private final String kind;
    private final ExecutorService threads;

    private volatile boolean paused = true;
    private volatile boolean failing;

    /** It is paused until {@link #resume()}. */
    WorkerPool(StepQueue queue, Engine engine, String kind, int count) {
        this.queue = queue;
        this.engine = engine;
        this.kind = kind;
        CustomizableThreadFactory factory = new CustomizableThreadFactory("job-" + kind + "-");
        factory.setDaemon(true);
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1), // one look for steps that waits is enough
                factory,
                new ThreadPoolExecutor.DiscardPolicy());
    }

    boolean runs(String added) {
        return kind.equals(added);
    }

    /** Has the next idle thread look for a step. */
    void lookForStep() {
        threads.execute(this::work);
    }

    /** Takes no new steps. A step that is being taken at this time is given back. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        lookForStep();
    }

    /** The threads end; a step that still runs is interrupted. */
    void close() {
        pause();
        threads.shutdownNow();
    }

    private void work() {
        lease().ifPresent(lease -> {
            lookForStep();
            run(lease);
            lookForStep();
        });
    }

    private Optional<Lease> lease() {
        if (paused) {
            return Optional.empty();
        }
        try {
            Optional<Lease> lease = queue.lease(kind);
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
            if (paused) {
                queue.release(lease);
            } else {
                engine.run(lease);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "The end of {} could not be recorded; it is started again when its lease is over: {}",
                    lease,
                    e.toString());
        } finally {
            queue.end(lease);
        }
    }
}
