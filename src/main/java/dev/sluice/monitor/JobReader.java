package dev.sluice.monitor;

import org.jspecify.annotations.Nullable;

/**
 * Who reads how jobs stand. Of a job of another owner, no reader gets a value of the request that may be data of patients,
 * and no search matches one.
 *
 * @param owner of the jobs that are the reader's own, as it is recorded with them
 * @param all whether the reader also sees the jobs of other owners
 */
public record JobReader(String owner, boolean all) {
    /** The owner that a job must have for this reader; null = any. */
    @Nullable
    String only() {
        return all ? null : owner;
    }

    /**
     * Whether this reader may know how many rows and bytes a job reads, and in how many units. The owner of a restricted job
     * would learn how many resources match its filters outside the restriction.
     */
    public boolean seesReads(JobSummary job) {
        return all || !job.request().restricted();
    }

    /** How a job stands, as this reader may see it. */
    JobSummary seen(JobSummary job) {
        return seesReads(job) ? job : job.withoutReads();
    }

    /** What is requested by a job, as this reader may see it. */
    JobDescription seen(String ownerOfJob, JobDescription request) {
        return ownerOfJob.equals(owner) ? request : request.withoutData();
    }
}
