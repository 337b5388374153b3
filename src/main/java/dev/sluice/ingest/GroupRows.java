package dev.sluice.ingest;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowRanges;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Reads the current Groups in small parts. It holds neither memory nor a connection of the database between two parts.
 */
@Component
class GroupRows {
    /** All requests together hold little of this size. */
    private static final int PART_BYTES = 1 << 17;

    /** Later than any version, so that the query reads the current versions. */
    private static final RowQuery CURRENT =
            RowQuery.everything(ResourceType.GROUP, Instant.parse("9999-12-31T23:59:59Z"));

    private final RowRanges ranges;
    private final RowStream rows;

    GroupRows(RowRanges ranges, RowStream rows) {
        this.ranges = ranges;
        this.rows = rows;
    }

    /**
     * Passes the body of each Group to a receiver.
     *
     * @param memory of the request; holds nothing afterwards
     */
    void each(MemoryBudget.Claim memory, Consumer<byte[]> receiver) {
        List<KeyRange> parts = ranges.cut(CURRENT, PART_BYTES);
        for (KeyRange part : parts) {
            // A Group that is written meanwhile moves behind the last key.
            boolean last = part.equals(parts.get(parts.size() - 1));
            memory.hold(part.bytes(), 0);
            read(last ? part.and(KeyRange.ALL) : part).forEach(receiver);
            memory.close();
        }
    }

    private List<byte[]> read(KeyRange part) {
        List<byte[]> bodies = new ArrayList<>();
        rows.read(
                CURRENT,
                part,
                (buffer, offset, length) -> bodies.add(Arrays.copyOfRange(buffer, offset, offset + length)),
                canceller -> {});
        return bodies;
    }
}
