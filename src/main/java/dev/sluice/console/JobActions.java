package dev.sluice.console;

import dev.sluice.monitor.JobState;
import dev.sluice.monitor.JobSummary;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import org.jspecify.annotations.Nullable;

/**
 * What a caller can do with a job. The API checks it again.
 *
 * @param read whether the caller may read its files
 * @param release whether it has ended, so that it is deleted and not cancelled
 * @param copy the path of the form for the same export; null = there is none, as for views, or the job is of
 *     another client
 */
record JobActions(
        boolean pause,
        boolean resume,
        boolean cancel,
        boolean release,
        boolean read,
        @Nullable String copy) {
    private static final String EXPORT = "export";

    static JobActions of(JobSummary job, Caller caller) {
        boolean export = job.kind().equals(EXPORT);
        boolean own = job.owner().equals(caller.owner())
                && caller.permissions().allow(export ? Operation.EXPORT : Operation.IMPORT);
        boolean change = own || caller.changesAllJobs();
        boolean open = !job.state().isEnd();
        return new JobActions(
                change && open && job.state() != JobState.PAUSED,
                change && job.state() == JobState.PAUSED,
                change && open,
                change && !open,
                own && export,
                own && ExportForm.shows(job.request()) ? "/console/exports/new?copy=" + job.id() : null);
    }
}
