package dev.sluice.job;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads of a process that run the steps of one kind of job. A thread that finds a step has another thread look for
 * the next one, and looks again after it, so a burst of steps finds all threads.
 *
 * <p>While all workers are busy, a few more threads run short steps, so that a small job does not wait until a unit of a
 * large one ends.
 */
final class WorkerPool {
    private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

    /** A job of this size in bytes is small: it is one unit, or a few of them. */
    private static final long SMALL_JOB = 16 << 20;

    private final StepQueue queue;
    private final Engine engine;
    private final String kind;
    private final Workers.StepCount count;
    private final ThreadPoolExecutor workers;
    private final ThreadPoolExecutor shortWorkers;

    private volatile boolean paused = true;
    private volatile boolean failing;

    /** It is paused until {@link #resume()}. */
    WorkerPool(StepQueue queue, Engine engine, String kind, JobSettings settings, Workers.StepCount count) {
        this.queue = queue;
        this.engine = engine;
        this.kind = kind;
        this.count = count;
        this.workers = threads("job-" + kind + "-", settings.threads());
        this.shortWorkers = threads("job-" + kind + "-short-", settings.shortWorkers());
    }

    private static ThreadPoolExecutor threads(String name, int count) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        return new ThreadPoolExecutor(
                count,
                Math.max(1, count),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1), // one look for steps that waits is enough
                factory,
                new ThreadPoolExecutor.DiscardPolicy());
    }

    String kind() {
        return kind;
    }

    boolean runs(String added) {
        return kind.equals(added);
    }

    /** Has the next idle thread look for a step. */
    void lookForStep() {
        workers.execute(() -> work(false));
        if (shortWorkers.getCorePoolSize() > 0 && workers.getActiveCount() >= workers.getCorePoolSize()) {
            shortWorkers.execute(() -> work(true));
        }
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
        workers.shutdownNow();
        shortWorkers.shutdownNow();
    }

    private void work(boolean brief) {
        lease(brief).ifPresent(lease -> {
            lookForStep();
            run(lease);
            lookForStep();
        });
    }

    private Optional<Lease> lease(boolean brief) {
        if (paused) {
            return Optional.empty();
        }
        try {
            Optional<Lease> lease = taken(brief);
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

    private Optional<Lease> taken(boolean brief) {
        boolean mayBeUnit = count.takeUnit();
        Optional<Lease> lease = Optional.empty();
        try {
            lease = queue.lease(kind, brief, mayBeUnit ? brief ? SMALL_JOB : Long.MAX_VALUE : LeaseStatement.NO_UNITS);
            lease.ifPresent(taken -> count.begin());
            return lease;
        } finally {
            if (mayBeUnit && lease.filter(Lease::isUnit).isEmpty()) {
                count.giveBack();
            }
        }
    }

    private void run(Lease lease) {
        try {
            if (paused) {
                queue.release(lease);
            } else {
                runToItsEnd(lease);
            }
        } catch (RuntimeException e) {
            logUnrecorded(log, lease, e);
        } finally {
            queue.end(lease);
        }
    }

    private void runToItsEnd(Lease lease) {
        try {
            engine.run(lease);
        } finally {
            count.end(lease); // also if its end could not be recorded
        }
    }

    static void logUnrecorded(Logger log, Lease lease, RuntimeException fault) {
        log.warn(
                "The end of {} could not be recorded; it is started again when its lease is over: {}",
                lease,
                fault.toString());
    }
}
