package dev.sluice.job;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Discards jobs whose time is over, and corrects times that make no sense, every ten seconds. Each process has one; what two
 * of them find at the same time is done once.
 */
@Component
class JobReconciler {
    private static final Logger log = LoggerFactory.getLogger(JobReconciler.class);

    private final JobRepository jobs;
    private final StepQueue queue;

    JobReconciler(JobRepository jobs, StepQueue queue) {
        this.jobs = jobs;
        this.queue = queue;
    }

    /** One round. */
    @Scheduled(initialDelay = 10, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void reconcile() {
        try {
            jobs.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
            queue.correctTimes();
        } catch (RuntimeException e) {
            log.warn("Jobs could not be reconciled; it is tried again: {}", e.toString());
        }
    }
}
