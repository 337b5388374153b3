package dev.sluice.job;

import com.github.kagkarlsson.scheduler.CurrentlyExecuting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Takes leave when the process is told to stop: takes no new steps, lets those that run come to their end for a while, and
 * gives the others back, so that another process begins them within a second and not after this one's silence.
 *
 * <p>It runs while the web server finishes its requests, so neither waits for the other.
 */
@Component
class Departure implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    private static final Duration STOPPING = Duration.ofSeconds(3);
    private static final long LOOK_MILLIS = 20;
    private static final long SETTLING_MILLIS = 200;

    /** The phase in which the web server ends its requests. */
    private static final int WITH_REQUESTS = DEFAULT_PHASE - 1024;

    private final ObjectProvider<WorkerPools> pools;
    private final Pulse pulse;
    private final Ledger ledger;
    private final JobSettings settings;
    private final AtomicBoolean running = new AtomicBoolean();

    Departure(ObjectProvider<WorkerPools> pools, Pulse pulse, Ledger ledger, JobSettings settings) {
        this.pools = pools;
        this.pulse = pulse;
        this.ledger = ledger;
        this.settings = settings;
    }

    @Override
    public void start() {
        running.set(true);
    }

    @Override
    public void stop(Runnable done) {
        pools.ifAvailable(WorkerPools::pause); // there are none where db-scheduler is switched off
        Thread leaving = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        done.run();
                    }
                },
                "job-departure");
        leaving.start();
    }

    @Override
    public void stop() {
        pools.ifAvailable(WorkerPools::pause); // there are none where db-scheduler is switched off
        try {
            Thread.sleep(SETTLING_MILLIS); // what was being taken at this moment begins
            if (!idleWithin(settings.shutdownGrace())) {
                log.info(
                        "{} steps do not end in time and are handed back.",
                        executing().size());
                pulse.handBack();
                idleWithin(STOPPING);
            }
            // What does not stop can neither make anything visible nor record it without its lease.
            executing().forEach(lease -> ledger.handedBack(lease));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("Steps could not be handed back; they are revived soon: {}", e.toString());
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
        while (!executing().isEmpty()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private List<Lease> executing() {
        return pools.stream()
                .flatMap(WorkerPools::executing)
                .map(CurrentlyExecuting::getExecution)
                .map(Lease::of)
                .toList();
    }
}
