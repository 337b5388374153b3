package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes sealed segments of rows that have not changed for a while, and removes segments of which a row has changed.
 *
 * <p>It processes type by type, in small transactions; only the sweep and other sealers wait for it. All segments are
 * as of a closed timestamp. The last rows of a type are not sealed until they fill a segment. Large rows and their
 * neighbours are not sealed either.
 */
@Component
public class SegmentBuilder {
    private static final Logger log = LoggerFactory.getLogger(SegmentBuilder.class);
    /** The largest number of segments that a transaction writes. */
    private static final int BATCH = 50;

    private final TransactionTemplate transaction;
    private final RowRanges ranges;
    private final ClosedTimestamps closedTimestamps;
    private final SegmentWriter segments;
    private final SealSettings settings;

    /** The state of each completely sealed type. While the state is the same, nothing remains to be sealed. */
    private final Map<ResourceType, SegmentWriter.State> done = new ConcurrentHashMap<>();

    SegmentBuilder(
            TransactionTemplate transaction,
            RowRanges ranges,
            ClosedTimestamps closedTimestamps,
            SegmentWriter segments,
            SealSettings settings) {
        this.transaction = transaction;
        this.ranges = ranges;
        this.closedTimestamps = closedTimestamps;
        this.segments = segments;
        this.settings = settings;
    }

    @Scheduled(initialDelay = 15, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void sealOnSchedule() {
        if (!settings.enabled()) {
            return;
        }
        try {
            seal();
        } catch (DataAccessException e) {
            log.warn("Rows could not be sealed; it is tried again soon: {}", e.getMessage());
        }
    }

    /** Seals all that can be sealed now. */
    void seal() {
        long sealed = ranges.usedTypes().stream().mapToLong(type -> seal(type)).sum();
        if (sealed > 0) {
            log.info("Rows that are sealed: {}.", sealed);
        }
    }

    /** The age of the oldest change that the sealing has not seen; zero if there is none, or if rows are not sealed. */
    public Duration lag() {
        return settings.enabled() ? segments.oldestUnseen(ranges.usedTypes()) : Duration.ZERO;
    }

    private long seal(ResourceType type) {
        SegmentWriter.State before = segments.state(type);
        if (before.equals(done.get(type))) {
            return 0;
        }
        Instant closed = Objects.requireNonNull(transaction.execute(status -> closedTimestamps.close()));
        Boolean clean = transaction.execute(status -> segments.removeChanged(type, closed));
        if (!Boolean.TRUE.equals(clean)) {
            return 0; // another process is sealing
        }
        List<KeySpan> open = segments.open(type);
        RowQuery query = RowQuery.everything(type, closed);
        List<RangeSplitter.Piece> pieces =
                segments.cut(query, open, settings.size().toBytes(), closed.minus(settings.after()));
        List<KeyRange> ready = ready(open, pieces);
        long sealed = 0;
        for (int from = 0; from < ready.size(); from += BATCH) {
            List<KeyRange> batch = ready.subList(from, Math.min(ready.size(), from + BATCH));
            Long rows = transaction.execute(status -> segments.write(query, batch));
            if (rows == null || rows < 0) {
                return sealed;
            }
            sealed += rows;
        }
        if (!before.newest().isAfter(closed) && pieces.stream().noneMatch(RangeSplitter.Piece::hasChanges)) {
            done.put(
                    type,
                    new SegmentWriter.State(
                            before.newest(), segments.state(type).segments()));
        }
        return sealed;
    }

    /**
     * The pieces to be sealed, each with the keys that it covers. They cover open spans without a gap, so that a row
     * that arrives late is noticed. A span without rows belongs to the segment before it, if one exists.
     */
    private List<KeyRange> ready(List<KeySpan> open, List<RangeSplitter.Piece> pieces) {
        List<KeyRange> ready = new ArrayList<>();
        int next = 0;
        for (int number = 0; number < open.size(); number++) {
            KeySpan span = open.get(number);
            boolean toTheEnd = span.last() == KeyRange.ALL.last();
            int end = next;
            while (end < pieces.size() && pieces.get(end).span() == number) {
                end++;
            }
            if (next == end && !toTheEnd) {
                ready.add(new KeyRange(span.first(), span.last(), 0, 0, 0));
            }
            long first = span.first();
            for (RangeSplitter.Piece piece : pieces.subList(next, end)) {
                boolean last = piece.equals(pieces.get(end - 1));
                KeyRange rows = piece.range();
                KeyRange keys = new KeyRange(
                        first,
                        last && !toTheEnd ? span.last() : rows.last(),
                        rows.rows(),
                        rows.bytes(),
                        rows.largest());
                first = keys.last() + 1;
                if (!piece.hasChanges() && isWorthwhile(rows.bytes(), last && toTheEnd)) {
                    ready.add(keys);
                }
            }
            next = end;
        }
        return ready;
    }

    /** Excludes the end of a type, which still grows, and rows so large that each can be read separately. */
    private boolean isWorthwhile(long bytes, boolean growing) {
        long size = settings.size().toBytes();
        return bytes <= 2 * size && !(growing && bytes < size);
    }
}
