package dev.sluice.console;

import dev.sluice.monitor.JobPage;
import dev.sluice.monitor.JobQuery;
import dev.sluice.monitor.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The list of jobs as its page has it.
 *
 * @param q the text that was looked for; empty = none
 * @param state the only state that is listed; null = all
 * @param kind the only kind that is listed; null = all
 * @param cursor of this page; null = it is the first one
 * @param tabs one for each state, with the number of its jobs
 * @param next the path of the next page; null = there is none
 * @param withOwners whether jobs of several clients are listed
 */
record JobList(
        String q,
        @Nullable JobState state,
        @Nullable String kind,
        @Nullable String cursor,
        List<Tab> tabs,
        List<JobLine> jobs,
        @Nullable String next,
        boolean withOwners) {
    private static final String PATH = "/console/jobs";

    /**
     * A state to choose.
     *
     * @param here whether it is chosen
     */
    record Tab(String text, String path, long amount, boolean here) {}

    static JobList of(JobQuery query, @Nullable JobState state, JobPage page, boolean withOwners, Words words) {
        String q = query.text() == null ? "" : query.text();
        String kind = query.kinds().stream().findFirst().orElse(null);
        List<Tab> tabs = new ArrayList<>();
        long all = page.totals().values().stream().mapToLong(Long::longValue).sum();
        tabs.add(new Tab("All", path(q, null, kind, null), all, state == null));
        for (JobState each : JobState.values()) {
            long amount = page.totals().getOrDefault(each, 0L);
            if (amount > 0 || each == state) {
                tabs.add(new Tab(JobLine.word(each), path(q, each, kind, null), amount, each == state));
            }
        }
        return new JobList(
                q,
                state,
                kind,
                query.cursor(),
                tabs,
                page.jobs().stream().map(job -> JobLine.of(job, words)).toList(),
                page.next() == null ? null : path(q, state, kind, page.next()),
                withOwners);
    }

    /** The path of this page. */
    public String here() {
        return path(q, state, kind, cursor);
    }

    /** The path of the first page. */
    public String first() {
        return path(q, state, kind, null);
    }

    /** Whether other jobs may exist. */
    public boolean isNarrowed() {
        return !q.isEmpty() || state != null || kind != null || cursor != null;
    }

    private static String path(String q, @Nullable JobState state, @Nullable String kind, @Nullable String cursor) {
        UriComponentsBuilder path = UriComponentsBuilder.fromPath(PATH);
        if (!q.isEmpty()) {
            path.queryParam("q", "{q}");
        }
        if (state != null) {
            path.queryParam("state", state.text());
        }
        if (kind != null) {
            path.queryParam("kind", "{kind}");
        }
        if (cursor != null) {
            path.queryParam("cursor", "{cursor}");
        }
        return path.encode()
                .buildAndExpand(
                        Map.of("q", q, "kind", kind == null ? "" : kind, "cursor", cursor == null ? "" : cursor))
                .toUriString();
    }
}
