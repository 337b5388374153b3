package dev.sluice.planner;

import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Collects the keys of rows and passes them on in batches. */
final class KeyBatcher implements RowStream.KeyedSink {
    private static final int SIZE = 10_000;

    private final RowQuery query;
    private final Consumer<OrganizedStaging.Rows> taker;
    private final long[] keys = new long[SIZE];
    private int filled;

    KeyBatcher(RowQuery query, Consumer<OrganizedStaging.Rows> taker) {
        this.query = query;
        this.taker = taker;
    }

    @Override
    public void row(long key, String id, byte[] buffer, int offset, int length) {
        keys[filled++] = key;
        if (filled == SIZE) {
            flush();
        }
    }

    /** Passes on the last, incomplete batch. */
    void flush() {
        if (filled > 0) {
            taker.accept(new OrganizedStaging.Rows(query, Arrays.copyOf(keys, filled)));
            filled = 0;
        }
    }
}
