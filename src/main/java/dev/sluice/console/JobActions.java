package dev.sluice.console;

import dev.sluice.monitor.JobState;
import dev.sluice.monitor.JobSummary;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import java.nio.charset.StandardCharsets;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/**
 * What a caller can do with a job. The API checks it again.
 *
 * @param read whether the caller may read its files
 * @param release whether it has ended, so that it is deleted and not cancelled
 * @param copy the path of the form for the same export; null = there is none, or it is of another client
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
                own && export ? copy(job) : null);
    }

    /** The form takes the parameters as the URL of the kick-off has them, and the level beside them. */
    private static String copy(JobSummary job) {
        String url = job.request().url();
        String group = StringUtils.substringBetween(StringUtils.substringBefore(url, "?"), "/Group/", "/");
        String query = StringUtils.substringAfter(url, "?");
        return "/console/exports/new?level=" + job.request().level()
                + (group == null ? "" : "&group=" + UriUtils.encode(group, StandardCharsets.UTF_8))
                + (query.isEmpty() ? "" : "&" + query);
    }
}
