package dev.sluice.planner;

import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.RowIssues;
import dev.sluice.plan.OrganizedOutput;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedFile.Content;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.TypeScan;
import dev.sluice.plan.ViewOutput;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Divides an export into files and units. A unit is one file or several small files. Small files share a unit so that a
 * small export has few units, and not more than fit in a small one, so that the last units of an export are small.
 */
@Component
class FilePlanner {
    /** The cost of an empty file, as a number of bytes: a unit has at most some thirty files. */
    private static final long FILE_COST = 512 << 10;

    /** The largest cost of a unit of several files, in bytes. For less, another worker is not worthwhile. */
    private static final long SMALL_UNIT = 16 << 20;

    /** An export of this number of full files is large: its last files are smaller. */
    private static final int LARGE = 32;

    /**
     * The number of full files that are divided further at the end of a large export. They fill the time in which up to
     * nine workers end their full files.
     */
    private static final int LAST = 8;

    /** Into how many files each of them is divided. */
    private static final int PARTS = 4;

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
        OutputFormat format = queries.job().request().format();
        boolean byType = organized == null;
        List<RowQuery> rows = scans.stream()
                .flatMap(scan -> Stream.of(byType ? scan.resources() : null, scan.deletions()))
                .filter(Objects::nonNull)
                .toList();
        List<List<KeyRange>> ranges = withSmallEnd(rows, totals.cut(rows, layout.fileSize()));
        for (int i = 0; i < rows.size(); i++) {
            RowQuery query = rows.get(i);
            ViewOutput views = queries.job().request().views();
            if (views != null) {
                files.addAll(ofViews(views, query, ranges.get(i)));
                continue;
            }
            Content content = query.content() == RowQuery.RowContent.RESOURCES ? Content.RESOURCES : Content.DELETIONS;
            int number = 0;
            for (KeyRange range : ranges.get(i)) {
                number++;
                files.add(new PlannedFile(
                        query.type(), content, layout.file(format, content, query.type(), number), null, range));
            }
        }
        return organized == null
                ? new PlannedFiles(files, null, List.of())
                : new PlannedFiles(files, organized.output(), organized.issues());
    }

    /**
     * Divides the last files of a large export further, unless it has enough small ones. Small units run last, so with
     * them the workers end at about the same time, however many there are.
     */
    List<List<KeyRange>> withSmallEnd(List<RowQuery> rows, List<List<KeyRange>> ranges) {
        long size = layout.fileSize();
        long part = Math.max(1, size / PARTS);
        long all = bytes(ranges, Long.MAX_VALUE);
        if (all < LARGE * size || bytes(ranges, part) >= LAST * size) {
            return ranges;
        }
        int largest = IntStream.range(0, ranges.size())
                .boxed()
                .max(Comparator.comparingInt(i -> ranges.get(i).size()))
                .orElseThrow();
        List<KeyRange> full = ranges.get(largest);
        int kept = Math.max(0, full.size() - LAST);
        KeyRange end =
                full.subList(kept, full.size()).stream().reduce(KeyRange::and).orElseThrow();
        List<KeyRange> divided = new ArrayList<>(full.subList(0, kept));
        divided.addAll(totals.cut(rows.get(largest), end, part));
        List<List<KeyRange>> changed = new ArrayList<>(ranges);
        changed.set(largest, divided);
        return changed;
    }

    /** The bytes of the ranges that are not larger than this. */
    private static long bytes(List<List<KeyRange>> ranges, long most) {
        return ranges.stream()
                .flatMap(List::stream)
                .mapToLong(KeyRange::bytes)
                .filter(bytes -> bytes <= most)
                .sum();
    }

    /** The files of all views of one type: each view reads all rows of the type. */
    private List<PlannedFile> ofViews(ViewOutput views, RowQuery query, List<KeyRange> ranges) {
        List<PlannedFile> files = new ArrayList<>();
        for (ViewOutput.PlannedView view : views.of(query.type())) {
            int number = 0;
            for (KeyRange range : ranges) {
                number++;
                String name = layout.file(view.name(), number, views.format());
                files.add(new PlannedFile(query.type(), Content.VIEW, name, null, range, view.name()));
            }
        }
        return files;
    }

    private List<PlannedFile> organized(OrganizedFilePlanner.PlannedLines organized) {
        ResourceType by = organized.output().by();
        List<PlannedFile> files = new ArrayList<>();
        for (OrganizedLines.FileRange range : organized.ranges()) {
            int number = files.size() + 1;
            files.add(new PlannedFile(
                    by,
                    Content.ORGANIZED,
                    layout.file(OutputFormat.NDJSON, Content.ORGANIZED, by, number),
                    range.goesOn() ? layout.file(OutputFormat.NDJSON, Content.ORGANIZED, by, number + 1) : null,
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
        long most = Math.min(layout.fileSize() + FILE_COST, SMALL_UNIT);
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
                files, List.of(), layout.errorFile(files.get(0).name().replaceFirst("\\.(ndjson|csv|parquet).*", "")));
    }
}
