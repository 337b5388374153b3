package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.store.Blocks;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Divides an export into files and units: a unit is one file, or several small ones together: of about one file's size, so
 * that a small export does not pay for many units, or of a share of the export, so that several workers have some of it.
 */
@Component
class ExportPlanner {
    /** What an empty file costs, as if it had this many bytes: a unit has at most about a hundred files. */
    private static final long FILE_COST = 512 << 10;

    /** Into about so many units an export is divided that is smaller than as many files. */
    private static final int SHARES = 8;

    /** What a unit costs at least, in bytes: less is not worth being taken by another worker. */
    private static final long SMALLEST = 16 << 20;

    private final Groundwork groundwork;
    private final Selection selection;
    private final RowTotals totals;
    private final BlockFiles blocks;
    private final ExportSettings settings;

    ExportPlanner(
            Groundwork groundwork, Selection selection, RowTotals totals, BlockFiles blocks, ExportSettings settings) {
        this.groundwork = groundwork;
        this.selection = selection;
        this.totals = totals;
        this.blocks = blocks;
        this.settings = settings;
    }

    /** How many connections planning takes at a time: two where it reads rows and writes down what it finds in them. */
    int connections(ExportJob job) {
        ExportRequest.Content content = job.request().content();
        boolean reads = content.organizeBy() != null
                || !content.typeFilters().isEmpty()
                || !job.request().companions().referenced().isEmpty();
        return reads ? 2 : 1;
    }

    List<JobHandler.Unit> plan(UUID id, ExportJob job) throws JobFailure {
        groundwork.lay(id, job);
        List<FilePlan> files = new ArrayList<>();
        long size = settings.fileSize().toBytes();
        ResourceType by = job.organizeBy();
        if (by != null) {
            files.addAll(blocks.plan(id, job, by, size));
        }
        List<RowQuery> queries = selection.queries(id, job).stream()
                .filter(query -> by == null || query.what() == RowQuery.What.DELETIONS)
                .toList();
        List<List<KeyRange>> ranges = totals.cut(queries, size);
        for (int i = 0; i < queries.size(); i++) {
            int number = 1;
            for (KeyRange range : ranges.get(i)) {
                files.add(FilePlan.of(queries.get(i), number++, range));
            }
        }
        List<JobHandler.Unit> units = new ArrayList<>();
        List<Issue> issues = new ArrayList<>(groundwork.warnings(job));
        if (by != null) {
            issues.addAll(blocks.issues(id, by));
        }
        if (!issues.isEmpty()) {
            units.add(unit(List.of(), issues)); // first of all, since every page of the manifest lists it
        }
        pack(files, job.request().partialManifests(), units);
        return units;
    }

    /** Counts the rows of the snapshot anew; it must be what was read, or the snapshot was none. */
    long rows(UUID id, ExportJob job) {
        return totals.count(selection.queries(id, job));
    }

    /** What became of the rows that were read for blocks, by type. */
    List<Blocks.Count> blocks(UUID id) {
        return blocks.counts(id);
    }

    /** No more rows are read for the job: the lines of its blocks are forgotten. */
    void release(UUID id) {
        blocks.forget(id);
    }

    /** @param whole whether all files of one block are of one unit, so that they are on one page of the manifest */
    private void pack(List<FilePlan> files, boolean whole, List<JobHandler.Unit> units) {
        long all = files.stream()
                .mapToLong(file -> file.range().bytes() + FILE_COST)
                .sum();
        long most = Math.min(settings.fileSize().toBytes() + FILE_COST, Math.max(SMALLEST, all / SHARES));
        List<FilePlan> open = new ArrayList<>();
        long cost = 0;
        for (FilePlan file : files) {
            long more = file.range().bytes() + FILE_COST;
            boolean goesOn =
                    whole && !open.isEmpty() && open.get(open.size() - 1).goesOn();
            if (!open.isEmpty() && !goesOn && cost + more > most) {
                units.add(unit(open, List.of()));
                open = new ArrayList<>();
                cost = 0;
            }
            open.add(file);
            cost += more;
        }
        if (!open.isEmpty()) {
            units.add(unit(open, List.of()));
        }
    }

    private static JobHandler.Unit unit(List<FilePlan> files, List<Issue> issues) {
        FilePlan.Unit unit = new FilePlan.Unit(List.copyOf(files), issues);
        return new JobHandler.Unit(unit.payload(), unit.bytes());
    }
}
