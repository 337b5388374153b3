package dev.sluice.cli;

import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.comparison.CompactVersion;
import dev.sluice.comparison.ComparisonResult;
import dev.sluice.comparison.DifferenceKind;
import dev.sluice.comparison.ExportSide;
import dev.sluice.comparison.KeyHash;
import dev.sluice.comparison.ResourceTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Prints what a comparison found: a line for each resource that is named, a table by type, and the result.
 *
 * @param names {@code Type/id} of those to be named
 * @param counted the kinds of differences that count; the others are information
 */
record ComparisonReport(
        ResourceTable table, ComparisonResult result, Map<KeyHash, String> names, Set<DifferenceKind> counted) {
    /** Whether there is no difference of a kind that counts. */
    boolean isEqual() {
        return counted.stream().noneMatch(result::show);
    }

    /** Prints it for people. */
    void print(CommandOutput out) {
        result.types().forEach((type, found) -> {
            for (DifferenceKind difference : DifferenceKind.values()) {
                String label = difference + (counted.contains(difference) ? ": " : " (info): ");
                found.first(difference).forEach(row -> out.line(label + describe(row, difference)));
                if (found.count(difference) > ComparisonResult.NAMED) {
                    out.line(label + "... and " + (found.count(difference) - ComparisonResult.NAMED) + " more of "
                            + type);
                }
            }
        });
        List<DifferenceKind> shown =
                Arrays.stream(DifferenceKind.values()).filter(result::show).toList();
        out.line("");
        printTable(out, shown);
        String differing = shown.stream()
                .filter(counted::contains)
                .map(DifferenceKind::toString)
                .collect(Collectors.joining(", "));
        out.line("");
        if (isEqual()) {
            out.line(Color.GREEN, "EQUAL", "");
        } else {
            out.line(Color.RED, "DIFFERENT", ": " + differing);
        }
    }

    /** Writes it for programs. */
    void describe(ObjectNode json) {
        json.put("equal", isEqual());
        counted.stream().map(DifferenceKind::key).forEach(json.putArray("counted")::add);
        ArrayNode types = json.putArray("types");
        ArrayNode named = json.putArray("named");
        result.types().forEach((type, found) -> {
            ObjectNode item = types.addObject().put("type", type);
            item.put("a", found.sums().get(0)).put("b", found.sums().get(1));
            item.put("same", found.sums().get(2));
            ObjectNode counts = item.putObject("differences");
            for (DifferenceKind difference : DifferenceKind.values()) {
                if (found.count(difference) > 0) {
                    counts.put(difference.key(), found.count(difference));
                }
                found.first(difference)
                        .forEach(row -> named.addObject()
                                .put("difference", difference.key())
                                .put("resource", name(row)));
            }
        });
    }

    /** A file that changed meanwhile may have lost it. */
    private String name(int row) {
        return names.getOrDefault(table.key(row), table.type(row) + " (not found again)");
    }

    private String describe(int row, DifferenceKind difference) {
        String name = name(row);
        boolean both = difference == DifferenceKind.OTHER_CONTENT || difference == DifferenceKind.OTHER_VERSION;
        return both
                ? name + " (version " + CompactVersion.describe(table.version(row, ExportSide.A)) + " in A, "
                        + CompactVersion.describe(table.version(row, ExportSide.B)) + " in B)"
                : name;
    }

    /** Columns without a number other than 0 are left out. */
    private void printTable(CommandOutput out, List<DifferenceKind> shown) {
        List<String> titles = new ArrayList<>(List.of("type", "A", "B", "same content"));
        shown.stream().map(DifferenceKind::toString).forEach(titles::add);
        int first =
                result.types().keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder format = new StringBuilder("%-" + Math.max(first, 5) + "s");
        titles.stream()
                .skip(1)
                .forEach(title ->
                        format.append("  %").append(Math.max(title.length(), 9)).append("s"));
        out.line(String.format(Locale.ROOT, format.toString(), titles.toArray()));
        long[] totals = new long[titles.size() - 1];
        result.types().forEach((type, found) -> {
            List<Long> numbers = new ArrayList<>(found.sums());
            shown.stream().map(found::count).forEach(numbers::add);
            Arrays.setAll(totals, i -> totals[i] + numbers.get(i));
            out.line(String.format(Locale.ROOT, format.toString(), row(type, numbers)));
        });
        out.line(String.format(
                Locale.ROOT,
                format.toString(),
                row("total", Arrays.stream(totals).boxed().toList())));
    }

    private static Object[] row(String title, List<Long> numbers) {
        List<Object> cells = new ArrayList<>();
        cells.add(title);
        cells.addAll(numbers);
        return cells.toArray();
    }
}
