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

    /** What is requested by a job, as this reader may see it. */
    JobDescription seen(String ownerOfJob, JobDescription request) {
        return ownerOfJob.equals(owner) ? request : request.withoutData();
    }
}
