package dev.sluice.job;

import jakarta.annotation.PreDestroy;
import java.util.Timer;
import java.util.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Discards jobs whose time is over, and corrects times that make no sense, every ten seconds. Each process has one; what two
 * of them find at the same time is done once.
 */
@Component
class JobReconciler {
    private static final Logger log = LoggerFactory.getLogger(JobReconciler.class);
    private static final long PERIOD_MILLIS = 10_000;

    private final JobTransitions transitions;
    private final StepQueue queue;
    private final Timer timer = new Timer("job-reconciler", true);

    JobReconciler(JobTransitions transitions, StepQueue queue) {
        this.transitions = transitions;
        this.queue = queue;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        reconcile();
                    }
                },
                PERIOD_MILLIS,
                PERIOD_MILLIS);
    }

    /** One round. */
    void reconcile() {
        try {
            transitions.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
            queue.correctTimes();
        } catch (RuntimeException e) {
            log.warn("Jobs could not be reconciled; it is tried again: {}", e.toString());
        }
    }

    @PreDestroy
    void close() {
        timer.cancel();
    }
}
