package dev.sluice.comparison;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The result of a comparison: counts by type, and the first resources of each type and kind of difference. */
public final class ComparisonResult {
    /** Resources of each type and difference that are named. */
    public static final int NAMED = 20;

    private final ResourceTable table;
    private final Map<String, TypeCounts> types = new TreeMap<>();

    public ComparisonResult(ResourceTable table) {
        this.table = table;
        for (int row = 0; row < table.size(); row++) {
            types.computeIfAbsent(table.type(row), type -> new TypeCounts()).count(table, row);
        }
    }

    /** The types that one of the sides has, sorted. */
    public Map<String, TypeCounts> types() {
        return types;
    }

    /** Whether any resource of any type shows this. */
    public boolean show(DifferenceKind difference) {
        return types.values().stream().anyMatch(type -> type.count(difference) > 0);
    }

    /** The keys of what is to be named, as far as this side has them. */
    public Set<KeyHash> wanted(ExportSide side) {
        Set<KeyHash> wanted = new HashSet<>();
        for (TypeCounts type : types.values()) {
            for (List<Integer> rows : type.first.values()) {
                rows.stream()
                        .filter(row -> table.isIn(row, side))
                        .map(table::key)
                        .forEach(wanted::add);
            }
        }
        return wanted;
    }

    /** The numbers of one type. */
    public static final class TypeCounts {
        private final Map<DifferenceKind, Long> counts = new EnumMap<>(DifferenceKind.class);
        private final Map<DifferenceKind, List<Integer>> first = new EnumMap<>(DifferenceKind.class);
        private long inA;
        private long inB;
        private long same;

        private void count(ResourceTable table, int row) {
            boolean a = table.isIn(row, ExportSide.A);
            boolean b = table.isIn(row, ExportSide.B);
            Set<DifferenceKind> differences = table.differences(row);
            inA += a ? 1 : 0;
            inB += b ? 1 : 0;
            same += a && b && !differences.contains(DifferenceKind.OTHER_CONTENT) ? 1 : 0;
            for (DifferenceKind difference : differences) {
                counts.merge(difference, 1L, Long::sum);
                List<Integer> rows = first.computeIfAbsent(difference, any -> new ArrayList<>());
                if (rows.size() < NAMED) {
                    rows.add(row);
                }
            }
        }

        public long count(DifferenceKind difference) {
            return counts.getOrDefault(difference, 0L);
        }

        /** The rows of those to be named. */
        public List<Integer> first(DifferenceKind difference) {
            return first.getOrDefault(difference, List.of());
        }

        /** Resources in A, in B, and in both with the same content. */
        public List<Long> sums() {
            return List.of(inA, inB, same);
        }
    }
}
