package dev.sluice.output;

import dev.sluice.fhir.VersionedJson;
import dev.sluice.plan.FilterCost;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;

/**
 * The files that a unit, or several units together, have written, with the number of rows read.
 *
 * @param error files of warnings for the client
 * @param rows the number of rows of the snapshot that were read, including deletions; organised lines are counted when they
 *     are planned
 * @param costs for each type, the rows that the unit read and the lines that it wrote, which is the cost of its filters
 * @param ruleCounts how often each rule of a de-identified export changed an element, by the number of the rule
 */
public record UnitResult(
        List<ExportedFile> output,
        List<ExportedFile> deleted,
        List<ExportedFile> error,
        long rows,
        Map<String, FilterCost> costs,
        Map<Integer, Long> ruleCounts) {
    private static final int VERSION = 1;

    public UnitResult {
        output = List.copyOf(output);
        deleted = List.copyOf(deleted);
        error = List.copyOf(error);
        Objects.requireNonNull(costs);
        ruleCounts = ruleCounts == null ? Map.of() : Map.copyOf(ruleCounts); // an older version wrote none
    }

    /** Reads what {@link #text} wrote. */
    public static UnitResult of(String text) {
        return VersionedJson.read(text, new TypeReference<>() {}, VERSION, "result of a unit");
    }

    /** The combined result of several units, in their order. */
    public static UnitResult of(List<String> texts) {
        List<UnitResult> units = texts.stream().map(UnitResult::of).toList();
        Map<String, FilterCost> costs = new TreeMap<>();
        units.forEach(unit -> unit.costs().forEach((type, cost) -> costs.merge(type, cost, FilterCost::plus)));
        Map<Integer, Long> ruleCounts = new TreeMap<>();
        units.forEach(unit -> unit.ruleCounts().forEach((rule, count) -> ruleCounts.merge(rule, count, Long::sum)));
        return new UnitResult(
                files(units, UnitResult::output),
                files(units, UnitResult::deleted),
                files(units, UnitResult::error),
                units.stream().mapToLong(UnitResult::rows).sum(),
                costs,
                ruleCounts);
    }

    private static List<ExportedFile> files(List<UnitResult> units, Function<UnitResult, List<ExportedFile>> list) {
        return units.stream().flatMap(unit -> list.apply(unit).stream()).toList();
    }

    /** Whether a file with exported data exists. */
    public boolean hasData() {
        return !output.isEmpty() || !deleted.isEmpty();
    }

    /** A copy with other error files. */
    public UnitResult withError(List<ExportedFile> other) {
        return new UnitResult(output, deleted, other, rows, costs, ruleCounts);
    }

    /** The file with this name, if it exists. */
    public Optional<ExportedFile> find(String name) {
        return Stream.of(output, deleted, error)
                .flatMap(List::stream)
                .filter(file -> file.name().equals(name))
                .findFirst();
    }

    /** The result as JSON. */
    public String text() {
        return VersionedJson.write(this, VERSION);
    }
}
