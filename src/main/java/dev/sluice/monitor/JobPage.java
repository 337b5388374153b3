package dev.sluice.monitor;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of jobs.
 *
 * @param jobs the newest first
 * @param next the cursor of the next page; null = this is the last one
 * @param totals the number of jobs in each state, with the kinds, the owner and the text of the query, and in any state
 */
public record JobPage(List<JobSummary> jobs, @Nullable String next, Map<JobState, Long> totals) {
    public JobPage {
        jobs = List.copyOf(jobs);
        totals = Map.copyOf(totals);
    }
}
