package dev.sluice.export;

import dev.sluice.delta.TableVersion;
import dev.sluice.fhir.VersionedJson;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.UnitResult;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.FilterCost;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * The result of a finished export: the content of its manifest without the header and the URLs.
 *
 * @param filters what the filters of each type cost; null = there were none
 * @param dangling the number of resources that are referred to and not exported, by type; null = the client did not ask
 *     for it
 * @param tables the versions of tables of Delta Lake that it committed; null = none
 */
record ExportResult(
        List<ExportedFile> output,
        List<ExportedFile> deleted,
        List<ExportedFile> error,
        @Nullable List<FilterReport> filters,
        @Nullable Map<String, Long> dangling,
        @Nullable List<TableVersion> tables) {
    private static final TypeReference<ExportResult> FORM = new TypeReference<>() {};
    private static final int VERSION = 2;

    ExportResult {
        output = List.copyOf(output);
        deleted = List.copyOf(deleted);
        error = List.copyOf(error);
    }

    /**
     * How many resources the filters of a type read and kept.
     *
     * @param index whether an index selected the rows that they tested
     */
    record FilterReport(String type, boolean index, long read, long kept) {}

    static ExportResult of(ExportPlan plan, UnitResult units, @Nullable List<TableVersion> tables) {
        Map<String, FilterCost> costs = new TreeMap<>(units.costs());
        if (plan.organized() != null) {
            costs.putAll(plan.organized().costs());
        }
        List<FilterReport> filters = plan.filteredTypes().stream()
                .map(filtered -> report(filtered, costs))
                .toList();
        return new ExportResult(
                withoutStatistics(units.output()),
                withoutStatistics(units.deleted()),
                units.error(),
                filters.isEmpty() ? null : filters,
                plan.dangling() == null ? null : new TreeMap<>(plan.dangling()),
                tables);
    }

    private static List<ExportedFile> withoutStatistics(List<ExportedFile> files) {
        return files.stream().map(file -> file.with(null)).toList();
    }

    private static FilterReport report(ExportPlan.FilteredType filtered, Map<String, FilterCost> costs) {
        String type = filtered.type().name();
        FilterCost cost = costs.getOrDefault(type, new FilterCost(0, 0));
        return new FilterReport(type, filtered.index(), cost.read(), cost.kept());
    }

    /** A copy with one more error file. */
    ExportResult withError(ExportedFile file) {
        return new ExportResult(
                output, deleted, Stream.concat(error.stream(), Stream.of(file)).toList(), filters, dangling, tables);
    }

    /** Reads what {@link #text} wrote. */
    static ExportResult of(String text) {
        return VersionedJson.read(text, FORM, VERSION, "result of the export");
    }

    /** The files, as those of a unit. */
    UnitResult files() {
        return new UnitResult(output, deleted, error, 0, Map.of(), Map.of());
    }

    String text() {
        return VersionedJson.write(this, VERSION);
    }
}
