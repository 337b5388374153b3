package dev.sluice.job;

import org.jspecify.annotations.Nullable;

/**
 * The client that a job belongs to. To other clients, the job does not exist.
 *
 * @param name as it is recorded; empty if there is only one client
 * @param maxOpenJobs so many jobs of a kind it may have open at a time; null = as many as the server takes
 * @param priority of its jobs; the units of a higher one run first; 0 = the normal one
 */
public record JobOwner(String name, @Nullable Integer maxOpenJobs, int priority) {
    /** A client whose jobs have the normal priority. */
    public JobOwner(String name, @Nullable Integer maxOpenJobs) {
        this(name, maxOpenJobs, 0);
    }
}
