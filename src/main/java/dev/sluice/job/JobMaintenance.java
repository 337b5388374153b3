package dev.sluice.job;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Discards jobs whose retention has ended, and corrects times that are too far in the future, every ten seconds. Each
 * process has one; what two of them find at the same time is done once.
 */
@Component
class JobMaintenance {
    private static final Logger log = LoggerFactory.getLogger(JobMaintenance.class);

    private final JobRepository jobs;
    private final StepQueue queue;

    JobMaintenance(JobRepository jobs, StepQueue queue) {
        this.jobs = jobs;
        this.queue = queue;
    }

    /** One round. */
    @Scheduled(initialDelay = 10, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void maintain() {
        try {
            jobs.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
            queue.correctTimes();
        } catch (RuntimeException e) {
            log.warn("Expired jobs could not be discarded; it is tried again: {}", e.toString());
        }
    }
}
