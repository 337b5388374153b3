package dev.sluice.job;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The scheduled worker: it looks for steps of jobs at each {@code sluice.poll-interval}, and at once when this process adds
 * one. It has a {@link WorkerPool} for each kind of job, so that a kind whose units are long does not keep another one
 * waiting. A process whose role is {@code api} has none.
 */
@Component
public class Workers implements SchedulingConfigurer {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    /** How long a unit has to stop before it is told again. */
    private static final long HAND_BACK_MILLIS = 100;

    private final StepQueue queue;
    private final Engine engine;
    private final List<WorkerPool> pools;
    private final WorkerSettings workers;
    private final StepCount count = new StepCount();
    private final AtomicBoolean paused = new AtomicBoolean();

    Workers(StepQueue queue, Engine engine, List<JobHandler> handlers, JobSettings settings, WorkerSettings workers) {
        this.queue = queue;
        this.engine = engine;
        this.workers = workers;
        this.pools = handlers.stream()
                .filter(handler -> workers.role().runsJobs())
                .map(handler -> new WorkerPool(queue, engine, handler.kind(), settings, count))
                .toList();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar registrar) {
        Duration interval = workers.pollInterval();
        registrar.addFixedDelayTask(
                new FixedDelayTask(() -> pools.forEach(WorkerPool::lookForStep), interval, interval));
    }

    @TransactionalEventListener(fallbackExecution = true)
    void lookForSteps(JobTransitions.StepsAdded added) {
        pools.stream().filter(pool -> pool.runs(added.kind())).forEach(WorkerPool::lookForStep);
    }

    /** Takes no new steps, for callers of {@link #runNext} neither. */
    void pause() {
        paused.set(true);
        pools.forEach(WorkerPool::pause);
    }

    /** Takes steps, from now on or again. */
    @EventListener(ApplicationReadyEvent.class)
    void resume() {
        paused.set(false);
        pools.forEach(WorkerPool::resume);
    }

    @PreDestroy
    void close() {
        paused.set(true);
        leaveStepsToCallers();
    }

    /**
     * Ends the threads of this process that take steps. From then on, only callers of {@link #runNext} run steps, such as the
     * tasks of another engine.
     */
    public void leaveStepsToCallers() {
        pools.forEach(WorkerPool::close);
    }

    /**
     * Takes a step that is due and runs it to its end. Returns false if none is due, or if this process ends. The end of a
     * step is recorded, also if it fails, so a failure is no exception.
     *
     * @throws InterruptedException if the calling thread was interrupted. A unit is handed back then, and any process can take
     *     it at once; another step is run to its end
     */
    public boolean runNext() throws InterruptedException {
        Lease lease = paused.get() ? null : taken();
        if (lease == null) {
            return false;
        }
        Thread thread = new Thread(() -> run(lease), "job-" + lease.job().kind());
        thread.setDaemon(true);
        start(thread, lease);
        try {
            thread.join();
        } catch (InterruptedException e) {
            do { // the unit may not have begun yet
                engine.handBack(lease);
                thread.join(HAND_BACK_MILLIS);
            } while (thread.isAlive());
            throw e;
        }
        return true;
    }

    private @Nullable Lease taken() {
        return kinds().stream()
                .flatMap(kind -> queue.lease(kind).stream())
                .findFirst()
                .orElse(null);
    }

    private void start(Thread thread, Lease lease) {
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) { // the system has no thread left
                queue.release(lease);
                queue.end(lease);
            }
        }
    }

    private void run(Lease lease) {
        try {
            if (paused.get()) { // since the lease was taken
                queue.release(lease);
                return;
            }
            engine.run(lease);
        } catch (RuntimeException e) {
            WorkerPool.logUnrecorded(log, lease, e);
        } finally {
            queue.end(lease);
        }
    }

    /** The number of steps that could be taken now. */
    public long due() {
        return queue.due(kinds());
    }

    private List<String> kinds() {
        return pools.stream().map(WorkerPool::kind).toList();
    }

    /** Has this process take at most this number of units from now on; then it takes other steps only. */
    public void limitUnits(int units) {
        count.limitUnits(units);
    }

    /** How many units this process has run, whatever their end was. */
    public int unitsRun() {
        return count.units();
    }

    /** How many plans, ends and erasures of jobs this process has run. */
    public int otherStepsRun() {
        return count.others();
    }

    /**
     * Whether this process runs no step and no step waits that it may take. A job that another process plans counts as
     * waiting, since it will have units; units that others run do not.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public boolean isIdle() {
        int before = count.taken();
        return queue.isIdle()
                && !queue.isAnyWaiting(kinds(), count.mayTakeUnit())
                && queue.isIdle()
                && count.taken() == before;
    }

    /**
     * Returns if the database answers.
     *
     * @throws org.springframework.dao.DataAccessException otherwise
     */
    public void requireDatabase() {
        queue.isAnyWaiting(kinds(), false);
    }

    /** Counts the steps that this process takes, and how many units it may still take. Safe for use by any number of threads. */
    static final class StepCount {
        private final AtomicInteger unitsLeft = new AtomicInteger(Integer.MAX_VALUE);
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger units = new AtomicInteger();
        private final AtomicInteger others = new AtomicInteger();

        void limitUnits(int most) {
            unitsLeft.set(most);
        }

        boolean mayTakeUnit() {
            return unitsLeft.get() > 0;
        }

        /** Asks for the right to take a unit; {@link #giveBack()} returns it if none is taken. */
        boolean takeUnit() {
            return unitsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        }

        void giveBack() {
            unitsLeft.incrementAndGet();
        }

        /** A step was leased. */
        void begin() {
            taken.incrementAndGet();
        }

        /** A step has run. */
        void end(Lease lease) {
            (lease.isUnit() ? units : others).incrementAndGet();
        }

        int taken() {
            return taken.get();
        }

        int units() {
            return units.get();
        }

        int others() {
            return others.get();
        }
    }
}
