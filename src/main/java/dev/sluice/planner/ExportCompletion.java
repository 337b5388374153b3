package dev.sluice.planner;

import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.store.KeptVersions;
import dev.sluice.store.RowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Ends an export in the store: checks that all rows of the snapshot were read, and removes its working rows. */
@Component
public class ExportCompletion {
    private final RowTotals totals;
    private final CohortTable cohorts;
    private final IncludedRows includedRows;
    private final OrganizedLines organizedLines;
    private final KeptVersions keptVersions;

    ExportCompletion(
            RowTotals totals,
            CohortTable cohorts,
            IncludedRows includedRows,
            OrganizedLines organizedLines,
            KeptVersions keptVersions) {
        this.totals = totals;
        this.cohorts = cohorts;
        this.includedRows = includedRows;
        this.organizedLines = organizedLines;
        this.keptVersions = keptVersions;
    }

    /**
     * Counts the rows of the snapshot again. Planning, reading and this count see the same snapshot, so their numbers
     * must be equal.
     *
     * @param read the number of rows that were read
     */
    public void requireAllRead(ExportPlan plan, long read) {
        List<RowQuery> queries = new ArrayList<>(plan.queries());
        queries.addAll(plan.unused().queries(totals.usedTypes()));
        long snapshot = totals.count(queries);
        if (snapshot != read) {
            throw SnapshotLostException.of(snapshot, "", read);
        }
    }

    /** Removes the working rows of a job that reads no more rows, and lets the sweep remove old versions. */
    public void release(UUID job) {
        deleteWorkingRows(job);
        keptVersions.release(job);
    }

    /** Removes the working rows of a job, which are found again. */
    public void deleteWorkingRows(UUID job) {
        cohorts.delete(job);
        includedRows.delete(job);
        organizedLines.delete(job);
    }
}
