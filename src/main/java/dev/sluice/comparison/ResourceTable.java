package dev.sluice.comparison;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table of the resources of both exports, with a row of fixed size for each resource.
 *
 * <p>Costs 54 to 59 bytes for each type and id that one of the sides or both have: the key and its index (see {@link
 * KeyHashIndex}), a content hash of 8 bytes for each side, two versions of 4, and 8 for the type and marks. Ids are not
 * kept: to name a resource, its file is read again.
 *
 * <p>Of lines that repeat a resource on one side, the one with the highest version counts. If they have the same
 * version, or versions without an order, and not the same content, the side contradicts itself: then its content
 * counts as different from any other.
 *
 * <p>If histories count, lines of other versions are no repetitions but earlier versions, and all of them must be the
 * same on both sides; that costs 16 bytes more. For use by one thread.
 */
public final class ResourceTable {
    /** Bits of side A; those of B are the next higher ones. */
    private static final long PRESENT = 1;

    private static final long REPEATED = 1 << 2;
    private static final long CONTRADICTED = 1 << 4;
    private static final int TYPE_SHIFT = 8;

    private final KeyHashIndex keys = new KeyHashIndex();
    private final LongColumn contentA = new LongColumn();
    private final LongColumn contentB = new LongColumn();
    /** The versions of both sides, that of A in the upper 32 bits. */
    private final LongColumn versions = new LongColumn();

    private final LongColumn marks = new LongColumn();

    /** Sums of a hash of each version, for each side; empty if histories do not count. */
    private final Map<ExportSide, LongColumn> histories = new EnumMap<>(ExportSide.class);

    private final List<String> types = new ArrayList<>();
    private final Map<String, Integer> typeNumbers = new HashMap<>();

    /**
     * A table without rows.
     *
     * @param history whether earlier versions stand beside the newest one, and count
     */
    public ResourceTable(boolean history) {
        if (history) {
            histories.put(ExportSide.A, new LongColumn());
            histories.put(ExportSide.B, new LongColumn());
        }
    }

    /**
     * Takes one line of a side.
     *
     * @param mayRepeat whether there may be another line of the resource, as where it stands in several blocks
     */
    public void add(ExportSide side, ResourceDigest resource, boolean mayRepeat) {
        int row = rowOf(resource);
        int version = CompactVersion.of(resource.version());
        if (!has(row, side, PRESENT)) {
            mark(row, side, PRESENT);
            recordContent(row, side, version, resource.content());
            addHistory(row, side, version, resource.content());
            return;
        }
        int kept = version(row, side);
        boolean earlier = !histories.isEmpty() && CompactVersion.areOrdered(version, kept);
        if (earlier) {
            addHistory(row, side, version, resource.content());
        } else if (!mayRepeat) {
            mark(row, side, REPEATED);
        }
        if (!CompactVersion.areOrdered(version, kept)) {
            if (content(row, side) != resource.content()) {
                mark(row, side, CONTRADICTED);
            }
        } else if (version > kept) {
            marks.set(row, marks.get(row) & ~side.bit(CONTRADICTED));
            recordContent(row, side, version, resource.content());
        }
    }

    int size() {
        return keys.size();
    }

    public KeyHash key(int row) {
        return keys.get(row);
    }

    public String type(int row) {
        return types.get((int) (marks.get(row) >> TYPE_SHIFT));
    }

    boolean isIn(int row, ExportSide side) {
        return has(row, side, PRESENT);
    }

    public int version(int row, ExportSide side) {
        return (int) (side == ExportSide.A ? versions.get(row) >> 32 : versions.get(row));
    }

    /** All that can be told of a resource; nothing if it is the same, and once, on both sides. */
    Set<DifferenceKind> differences(int row) {
        Set<DifferenceKind> found = EnumSet.noneOf(DifferenceKind.class);
        if (!isIn(row, ExportSide.B)) {
            found.add(DifferenceKind.ONLY_IN_A);
        } else if (!isIn(row, ExportSide.A)) {
            found.add(DifferenceKind.ONLY_IN_B);
        } else if (contradicted(row) || contentA.get(row) != contentB.get(row)) {
            found.add(DifferenceKind.OTHER_CONTENT);
        } else if (version(row, ExportSide.A) != version(row, ExportSide.B)) {
            found.add(DifferenceKind.OTHER_VERSION);
        } else if (!histories.isEmpty() && history(row, ExportSide.A) != history(row, ExportSide.B)) {
            found.add(DifferenceKind.OTHER_HISTORY);
        }
        if (has(row, ExportSide.A, REPEATED)) {
            found.add(DifferenceKind.REPEATED_IN_A);
        }
        if (has(row, ExportSide.B, REPEATED)) {
            found.add(DifferenceKind.REPEATED_IN_B);
        }
        return found;
    }

    private boolean contradicted(int row) {
        return has(row, ExportSide.A, CONTRADICTED) || has(row, ExportSide.B, CONTRADICTED);
    }

    private int rowOf(ResourceDigest resource) {
        int row = keys.add(resource.key());
        if (row < 0) {
            return ~row;
        }
        Integer type = typeNumbers.computeIfAbsent(resource.type(), name -> {
            types.add(name);
            return types.size() - 1;
        });
        contentA.add(0);
        contentB.add(0);
        histories.values().forEach(sums -> sums.add(0));
        versions.add(0);
        marks.add((long) type << TYPE_SHIFT);
        return row;
    }

    private void recordContent(int row, ExportSide side, int version, long content) {
        (side == ExportSide.A ? contentA : contentB).set(row, content);
        long other = version(row, side == ExportSide.A ? ExportSide.B : ExportSide.A);
        long a = side == ExportSide.A ? version : other;
        long b = side == ExportSide.A ? other : version;
        versions.set(row, a << 32 | (b & 0xffff_ffffL));
    }

    private void addHistory(int row, ExportSide side, int version, long content) {
        LongColumn sums = histories.get(side);
        if (sums != null) {
            sums.set(row, sums.get(row) + mixed(content + mixed(version)));
        }
    }

    private long history(int row, ExportSide side) {
        LongColumn sums = histories.get(side);
        return sums == null ? 0 : sums.get(row);
    }

    /** Spreads a number over 64 bits, as SplittableRandom does. */
    private static long mixed(long number) {
        long z = number + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private long content(int row, ExportSide side) {
        return (side == ExportSide.A ? contentA : contentB).get(row);
    }

    private boolean has(int row, ExportSide side, long mark) {
        return (marks.get(row) & side.bit(mark)) != 0;
    }

    private void mark(int row, ExportSide side, long mark) {
        marks.set(row, marks.get(row) | side.bit(mark));
    }
}
