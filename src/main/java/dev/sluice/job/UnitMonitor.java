package dev.sluice.job;

import dev.sluice.job.UnitContext.Stop;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Watches the steps that this process is at work on. It renews their leases. Four times a second it tells units whose lease
 * or job is over or paused, and units that are stuck, to stop, and records how far the others are. It asks the database nothing while
 * no step runs.
 */
@Component
class UnitMonitor {
    private static final Logger log = LoggerFactory.getLogger(UnitMonitor.class);
    private static final long PERIOD_MILLIS = 250;
    private static final long SAMPLE_MILLIS = 1_000;

    /** How often a lease is renewed before it ends. A renewal that fails is repeated at once, since another process waits. */
    private static final int RENEWALS = 4;

    private final StepQueue queue;
    private final ProgressRecorder progress;
    private final JobSettings settings;
    private final Duration renewal;
    private final AtomicLong renewed = new AtomicLong(System.nanoTime());
    private final Map<Lease, UnitContext> running = new ConcurrentHashMap<>();

    /** A thread for each kind of check, since a question to a database that is away may take long. */
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(4, threads());

    UnitMonitor(StepQueue queue, ProgressRecorder progress, JobSettings settings, WorkerSettings workers) {
        this.queue = queue;
        this.progress = progress;
        this.settings = settings;
        every(PERIOD_MILLIS, this::check);
        every(PERIOD_MILLIS, this::stopStuck);
        this.renewal = workers.lease().dividedBy(RENEWALS);
        every(PERIOD_MILLIS, this::renew);
        every(SAMPLE_MILLIS, () -> progress.sample(running.keySet()));
    }

    /** Called by the thread that runs the unit, as is {@link #stop}. */
    UnitContext start(Lease lease, UnitContext.Checkpoint checkpoint) {
        UnitContext context = new UnitContext(() -> queue.mayCommit(lease), checkpoint);
        running.put(lease, context);
        return context;
    }

    void stop(Lease lease, UnitContext context) {
        running.remove(lease);
        context.close();
    }

    /** The fault of a unit that was interrupted because it made no progress. */
    TransientFailure stalled(Exception cause) {
        return new TransientFailure(
                "It made no progress for " + SafeMessage.text(settings.stallLimit()) + " and was interrupted.", cause);
    }

    /** Has every unit of this process stop, so that others can run it. */
    void stopAll() {
        running.values().forEach(context -> context.stop(Stop.HANDED_BACK));
    }

    /** Has a unit stop, so that others can run it. */
    void handBack(Lease lease) {
        UnitContext context = running.get(lease);
        if (context != null) {
            context.stop(Stop.HANDED_BACK);
        }
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }

    private void check() {
        Set<Lease> asked = Set.copyOf(running.keySet());
        if (asked.isEmpty()) {
            return;
        }
        Set<Lease> held = queue.mayCommit(asked);
        running.forEach((lease, context) -> {
            // A unit that started after the question was asked is looked at next time.
            if (held.contains(lease)) {
                context.newReport().ifPresent(report -> progress.record(lease, report));
            } else if (asked.contains(lease)) {
                context.stop(Stop.LEASE_LOST);
            }
        });
    }

    private void stopStuck() {
        running.values().stream()
                .filter(context -> context.idle().compareTo(settings.stallLimit()) > 0)
                .forEach(context -> context.stop(Stop.STALLED));
    }

    /**
     * A unit that is stuck, or is handed back, has the rest of its lease to stop. A unit whose job is over keeps its lease
     * until its thread returns: its files may become visible until then, and the job is erased after that.
     */
    private void renew() {
        long now = System.nanoTime();
        if (now - renewed.get() < renewal.toNanos()) {
            return;
        }
        queue.renew(
                queue.running().stream().filter(lease -> !mustStopSoon(lease)).collect(Collectors.toSet()));
        renewed.set(now);
    }

    private boolean mustStopSoon(Lease lease) {
        UnitContext context = running.get(lease);
        return context != null && (context.stopped() == Stop.STALLED || context.stopped() == Stop.HANDED_BACK);
    }

    private void every(long millis, Runnable action) {
        Future<?> unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        action.run();
                    } catch (Throwable e) { // an error would end the task, and with it all leases of the process
                        log.warn(
                                "Running steps could not be checked; they go on, and are checked again: {}",
                                e.toString());
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    private static CustomizableThreadFactory threads() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("job-monitor-");
        threads.setDaemon(true);
        return threads;
    }
}
