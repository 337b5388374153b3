package dev.sluice.monitor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a job, but for its units and files.
 *
 * @param summary as in a list
 * @param types how far each type is
 * @param waiting why no step of it runs, or why it is slow; null = it has ended, or runs without a limit
 * @param events what happened, in order; of more than {@value JobSearch#MOST_EVENTS}, the first and the last ones
 * @param samples how far it was at some times, in order; the last one is the present
 */
public record JobDetails(
        JobSummary summary,
        List<TypeProgress> types,
        @Nullable WaitingReason waiting,
        List<JobEvent> events,
        List<JobSample> samples) {}
