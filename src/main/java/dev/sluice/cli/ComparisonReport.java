package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prints what a comparison found: a line for each resource that is named, a table by type, and the result.
 *
 * @param names {@code Type/id} of those to be named
 */
record ComparisonReport(ResourceTable table, ComparisonResult result, Map<KeyHash, String> names) {
    /** Prints it, and returns whether there is no difference of a kind that counts; the others are information. */
    boolean print(PrintWriter out, Set<DifferenceKind> counted) {
        result.types().forEach((type, found) -> {
            for (DifferenceKind difference : DifferenceKind.values()) {
                String label = difference + (counted.contains(difference) ? ": " : " (info): ");
                found.first(difference).forEach(row -> out.println(label + describe(row, difference)));
                if (found.count(difference) > ComparisonResult.NAMED) {
                    out.println(label + "... and " + (found.count(difference) - ComparisonResult.NAMED) + " more of "
                            + type);
                }
            }
        });
        List<DifferenceKind> shown =
                Arrays.stream(DifferenceKind.values()).filter(result::show).toList();
        out.println();
        printTable(out, shown);
        String differing = shown.stream()
                .filter(counted::contains)
                .map(DifferenceKind::toString)
                .collect(Collectors.joining(", "));
        out.println();
        out.println(differing.isEmpty() ? "EQUAL" : "DIFFERENT: " + differing);
        return differing.isEmpty();
    }

    private String describe(int row, DifferenceKind difference) {
        // A file that changed meanwhile may have lost it.
        String name = names.getOrDefault(table.key(row), table.type(row) + " (not found again)");
        boolean both = difference == DifferenceKind.OTHER_CONTENT || difference == DifferenceKind.OTHER_VERSION;
        return both
                ? name + " (version " + CompactVersion.describe(table.version(row, ExportSide.A)) + " in A, "
                        + CompactVersion.describe(table.version(row, ExportSide.B)) + " in B)"
                : name;
    }

    /** Columns without a number other than 0 are left out. */
    private void printTable(PrintWriter out, List<DifferenceKind> shown) {
        List<String> titles = new ArrayList<>(List.of("type", "A", "B", "same content"));
        shown.stream().map(DifferenceKind::toString).forEach(titles::add);
        int first =
                result.types().keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder format = new StringBuilder("%-" + Math.max(first, 5) + "s");
        titles.stream()
                .skip(1)
                .forEach(title ->
                        format.append("  %").append(Math.max(title.length(), 9)).append("s"));
        out.println(String.format(Locale.ROOT, format.toString(), titles.toArray()));
        long[] totals = new long[titles.size() - 1];
        result.types().forEach((type, found) -> {
            List<Long> numbers = new ArrayList<>(found.sums());
            shown.stream().map(found::count).forEach(numbers::add);
            Arrays.setAll(totals, i -> totals[i] + numbers.get(i));
            out.println(String.format(Locale.ROOT, format.toString(), row(type, numbers)));
        });
        out.println(String.format(
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
