package dev.sluice.planner;

import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.store.Gathering;
import dev.sluice.store.History;
import dev.sluice.store.RowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What the end of an export needs of the store: that everything was read, and that its rows in tables are removed. */
@Component
public class ExportCompletion {
    private final RowTotals totals;
    private final CohortResolver cohorts;
    private final Gathering gathering;
    private final Blocks blocks;
    private final History history;

    ExportCompletion(RowTotals totals, CohortResolver cohorts, Gathering gathering, Blocks blocks, History history) {
        this.totals = totals;
        this.cohorts = cohorts;
        this.gathering = gathering;
        this.blocks = blocks;
        this.history = history;
    }

    /**
     * Counts the rows of the snapshot again. Planning, reading and this count are three looks at one time; they must agree.
     *
     * @param read how many rows were read
     */
    public void requireAllRead(ExportPlan plan, long read) {
        List<RowQuery> queries = new ArrayList<>(plan.queries());
        queries.addAll(plan.unused().queries(totals.usedTypes()));
        long snapshot = totals.count(queries);
        if (snapshot != read) {
            throw SnapshotLostException.of(snapshot, "", read);
        }
    }

    /** No more rows are read for a job: what planning found is removed, and old versions may be swept. */
    public void release(UUID job) {
        cohorts.forget(job);
        gathering.clear(job);
        blocks.clear(job);
        history.release(job);
    }
}
