package dev.sluice.monitor;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Describes the jobs of a kind. Only the kind can read what is recorded with its jobs. */
public interface JobDescriber {
    /** The kind of job, such as {@code export}. */
    String kind();

    /**
     * What a job does; empty if another version of Sluice recorded it in a form that this one cannot read.
     *
     * @param payload what was requested, as it is recorded with the job
     * @param output where its output is, as it is recorded with the job; null if it is not recorded
     */
    Optional<JobDescription> describe(UUID job, String payload, @Nullable String output);
}
