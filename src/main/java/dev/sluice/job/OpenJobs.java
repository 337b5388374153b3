package dev.sluice.job;

import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Cancels jobs in the database, also where no job is run. */
@Component
public class OpenJobs {
    private final JobRepository jobs;

    OpenJobs(JobRepository jobs) {
        this.jobs = jobs;
    }

    /** Discards the jobs of a kind that have not ended, and returns their ids. The servers erase what they made. */
    @Transactional
    public List<UUID> cancel(String kind) {
        return jobs.discardOpen(kind);
    }
}
