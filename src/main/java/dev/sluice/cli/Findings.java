package dev.sluice.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All that a comparison found, counted by type; and of each type and difference the first resources. */
final class Findings {
    /** Resources of each type and difference that are named. */
    static final int NAMED = 20;

    private final ResourceTable table;
    private final Map<String, OfType> types = new TreeMap<>();

    Findings(ResourceTable table) {
        this.table = table;
        for (int row = 0; row < table.size(); row++) {
            types.computeIfAbsent(table.type(row), type -> new OfType()).count(table, row);
        }
    }

    /** The types that one of the sides has, sorted. */
    Map<String, OfType> types() {
        return types;
    }

    /** Whether any resource of any type shows this. */
    boolean show(Difference difference) {
        return types.values().stream().anyMatch(type -> type.count(difference) > 0);
    }

    /** The keys of what is to be named, as far as this side has them. */
    Set<Key> wanted(Side side) {
        Set<Key> wanted = new HashSet<>();
        for (OfType type : types.values()) {
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
    static final class OfType {
        private final Map<Difference, Long> counts = new EnumMap<>(Difference.class);
        private final Map<Difference, List<Integer>> first = new EnumMap<>(Difference.class);
        private long inA;
        private long inB;
        private long same;

        private void count(ResourceTable table, int row) {
            boolean a = table.isIn(row, Side.A);
            boolean b = table.isIn(row, Side.B);
            Set<Difference> differences = table.differences(row);
            inA += a ? 1 : 0;
            inB += b ? 1 : 0;
            same += a && b && !differences.contains(Difference.OTHER_CONTENT) ? 1 : 0;
            for (Difference difference : differences) {
                counts.merge(difference, 1L, Long::sum);
                List<Integer> rows = first.computeIfAbsent(difference, any -> new ArrayList<>());
                if (rows.size() < NAMED) {
                    rows.add(row);
                }
            }
        }

        long count(Difference difference) {
            return counts.getOrDefault(difference, 0L);
        }

        /** The rows of those to be named. */
        List<Integer> first(Difference difference) {
            return first.getOrDefault(difference, List.of());
        }

        /** Resources in A, in B, and in both with the same content. */
        List<Long> sums() {
            return List.of(inA, inB, same);
        }
    }
}
