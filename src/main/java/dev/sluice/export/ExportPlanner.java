package dev.sluice.export;

import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.store.History;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Divides an export into files and units: a unit is one file, or several small ones of about one file's size together,
 * so that a small export does not pay for many units.
 */
@Component
class ExportPlanner {
    /** What an empty file costs, as if it had this many bytes: a unit has at most about a hundred files. */
    private static final long FILE_COST = 512 << 10;

    private final Patients patients;
    private final Selection selection;
    private final RowRanges ranges;
    private final History history;
    private final ExportSettings settings;

    ExportPlanner(Patients patients, Selection selection, RowRanges ranges, History history, ExportSettings settings) {
        this.patients = patients;
        this.selection = selection;
        this.ranges = ranges;
        this.history = history;
        this.settings = settings;
    }

    List<JobHandler.Unit> plan(UUID id, ExportJob job) throws JobFailure {
        if (job.transactionTime().isBefore(history.keptFrom())) {
            throw new JobFailure("The export shows " + job.transactionTime() + ", but versions are kept from "
                    + history.keptFrom() + " on. If the database was restored from a backup in between, this is"
                    + " expected; start the export again.");
        }
        patients.find(id, job);
        List<FilePlan> files = new ArrayList<>();
        for (RowQuery query : selection.queries(id, job)) {
            int number = 1;
            for (KeyRange range : ranges.cut(query, settings.fileSize().toBytes())) {
                files.add(new FilePlan(query.type().name(), query.what(), number++, range));
            }
        }
        return pack(files);
    }

    /** Counts the rows of the snapshot anew; it must be what the units read, or the snapshot was none. */
    long rows(UUID id, ExportJob job) {
        return selection.queries(id, job).stream().mapToLong(ranges::count).sum();
    }

    /** No more rows are read for the export: its patients are forgotten, and old versions may be swept. */
    void release(UUID id) {
        patients.forget(id);
        history.release(id);
    }

    private List<JobHandler.Unit> pack(List<FilePlan> files) {
        List<JobHandler.Unit> units = new ArrayList<>();
        List<FilePlan> open = new ArrayList<>();
        long cost = 0;
        for (FilePlan file : files) {
            long more = file.range().bytes() + FILE_COST;
            if (!open.isEmpty() && cost + more > settings.fileSize().toBytes() + FILE_COST) {
                units.add(unit(open));
                open = new ArrayList<>();
                cost = 0;
            }
            open.add(file);
            cost += more;
        }
        if (!open.isEmpty()) {
            units.add(unit(open));
        }
        return units;
    }

    private static JobHandler.Unit unit(List<FilePlan> files) {
        FilePlan.Unit unit = new FilePlan.Unit(List.copyOf(files));
        return new JobHandler.Unit(unit.payload(), unit.bytes());
    }
}
