package dev.sluice.comparison;

import java.util.ArrayList;
import java.util.List;

/** A list of longs without objects: 8 bytes each, in chunks, so that growing copies nothing. For use by one thread. */
final class LongColumn {
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final List<long[]> chunks = new ArrayList<>();
    private int size;

    void add(long value) {
        if (size == chunks.size() << CHUNK_BITS) {
            chunks.add(new long[CHUNK]);
        }
        size++;
        set(size - 1, value);
    }

    long get(int row) {
        return chunks.get(row >> CHUNK_BITS)[row & (CHUNK - 1)];
    }

    void set(int row, long value) {
        chunks.get(row >> CHUNK_BITS)[row & (CHUNK - 1)] = value;
    }

    int size() {
        return size;
    }
}
