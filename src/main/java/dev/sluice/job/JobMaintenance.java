package dev.sluice.job;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Discards jobs whose retention has ended, corrects times that are too far in the future, and records that this process
 * lives, every ten seconds. Each process has one; what two of them find at the same time is done once.
 */
@Component
class JobMaintenance {
    private static final Logger log = LoggerFactory.getLogger(JobMaintenance.class);

    private final JobRepository jobs;
    private final StepQueue queue;
    private final ProgressRecorder progress;
    private final int threads;

    JobMaintenance(
            JobRepository jobs,
            StepQueue queue,
            ProgressRecorder progress,
            JobSettings settings,
            WorkerSettings workers) {
        this.jobs = jobs;
        this.queue = queue;
        this.progress = progress;
        this.threads = workers.role().runsJobs() ? settings.threads() : 0;
    }

    /** One round. */
    @Scheduled(initialDelay = 10, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void maintain() {
        try {
            jobs.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
            queue.correctTimes();
            recordProcess();
        } catch (RuntimeException e) {
            log.warn("Expired jobs could not be discarded; it is tried again: {}", e.toString());
        }
    }

    /** Says that this process lives, and how much it runs, so that people see why a job waits. */
    @EventListener(ApplicationReadyEvent.class)
    void recordProcess() {
        progress.recordProcess(threads);
    }
}
