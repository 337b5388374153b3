package dev.sluice.planner;

import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.RowIssues;
import dev.sluice.plan.OrganizedOutput;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedFile.Content;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.TypeScan;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Divides an export into files and units. A unit is one file or several small files. Small files share a unit so that a
 * small export has few units, but enough units for several workers.
 */
@Component
class FilePlanner {
    /** The cost of an empty file, as a number of bytes: a unit has at most about a hundred files. */
    private static final long FILE_COST = 512 << 10;

    /** The approximate number of units of an export that is smaller than this number of files. */
    private static final int SHARES = 8;

    /** The smallest cost of a unit, in bytes. For less, another worker is not worthwhile. */
    private static final long SMALLEST = 16 << 20;

    private final RowTotals totals;
    private final OrganizedFilePlanner organizer;
    private final OutputLayout layout;

    FilePlanner(RowTotals totals, OrganizedFilePlanner organizer, OutputLayout layout) {
        this.totals = totals;
        this.organizer = organizer;
        this.layout = layout;
    }

    /**
     * The files of an export.
     *
     * @param organized the lines of an export that is organised by instances; null = each file has one type
     * @param issues warnings about resources that are in no file
     */
    record PlannedFiles(List<PlannedFile> files, @Nullable OrganizedOutput organized, List<Issue> issues) {}

    BlobStore.Encoding encoding() {
        return layout.encoding();
    }

    /**
     * The files of an export, in the order of their names.
     *
     * @param included identifies the rows that were found one by one; null = none
     * @param rowIssues takes issues of the resources that are read
     */
    PlannedFiles plan(
            UUID id, ExportQueries queries, List<TypeScan> scans, @Nullable UUID included, RowIssues rowIssues) {
        List<PlannedFile> files = new ArrayList<>();
        OrganizedFilePlanner.PlannedLines organized = null;
        if (queries.job().organizeBy() != null) {
            organized = organizer.plan(id, queries, included, rowIssues, layout.fileSize());
            files.addAll(organized(organized));
        }
        boolean byType = organized == null;
        List<RowQuery> rows = scans.stream()
                .flatMap(scan -> Stream.of(byType ? scan.resources() : null, scan.deletions()))
                .filter(Objects::nonNull)
                .toList();
        List<List<KeyRange>> ranges = totals.cut(rows, layout.fileSize());
        for (int i = 0; i < rows.size(); i++) {
            RowQuery query = rows.get(i);
            Content content = query.content() == RowQuery.RowContent.RESOURCES ? Content.RESOURCES : Content.DELETIONS;
            int number = 0;
            for (KeyRange range : ranges.get(i)) {
                number++;
                files.add(new PlannedFile(
                        query.type(), content, layout.file(content, query.type(), number), null, range));
            }
        }
        return organized == null
                ? new PlannedFiles(files, null, List.of())
                : new PlannedFiles(files, organized.output(), organized.issues());
    }

    private List<PlannedFile> organized(OrganizedFilePlanner.PlannedLines organized) {
        ResourceType by = organized.output().by();
        List<PlannedFile> files = new ArrayList<>();
        for (OrganizedLines.FileRange range : organized.ranges()) {
            int number = files.size() + 1;
            files.add(new PlannedFile(
                    by,
                    Content.ORGANIZED,
                    layout.file(Content.ORGANIZED, by, number),
                    range.goesOn() ? layout.file(Content.ORGANIZED, by, number + 1) : null,
                    range.lines()));
        }
        return files;
    }

    /**
     * Puts files into units.
     *
     * @param issues warnings for the client about the export
     * @param keepBlocks whether all files of one block belong to one unit, so that one page of the manifest lists them
     */
    List<PlannedUnit> units(List<PlannedFile> files, List<Issue> issues, boolean keepBlocks) {
        List<PlannedUnit> units = new ArrayList<>();
        if (!issues.isEmpty()) { // first of all, since every page of the manifest lists it
            units.add(new PlannedUnit(List.of(), issues, layout.errorFile("1")));
        }
        long all = files.stream().mapToLong(FilePlanner::cost).sum();
        long most = Math.min(layout.fileSize() + FILE_COST, Math.max(SMALLEST, all / SHARES));
        List<PlannedFile> open = new ArrayList<>();
        long cost = 0;
        for (PlannedFile file : files) {
            boolean continues =
                    keepBlocks && !open.isEmpty() && open.get(open.size() - 1).continuesIn() != null;
            if (!open.isEmpty() && !continues && cost + cost(file) > most) {
                units.add(unit(open));
                open = new ArrayList<>();
                cost = 0;
            }
            open.add(file);
            cost += cost(file);
        }
        if (!open.isEmpty()) {
            units.add(unit(open));
        }
        return units;
    }

    private static long cost(PlannedFile file) {
        return file.range().bytes() + FILE_COST;
    }

    /** The name of the unit's first file is unique to the unit. */
    private PlannedUnit unit(List<PlannedFile> files) {
        return new PlannedUnit(
                files, List.of(), layout.errorFile(files.get(0).name().replaceFirst("\\.ndjson.*", "")));
    }
}
