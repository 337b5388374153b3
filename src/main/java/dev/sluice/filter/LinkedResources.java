package dev.sluice.filter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.json.MemoryBudget;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads the resources that chains and {@code _has} clauses test, and holds what all exports share of the results.
 *
 * <p>Safe for use by any number of threads.
 */
final class LinkedResources {
    /** The number of exports whose {@code _has} clauses are not read again by their next unit. */
    private static final int EXPORTS = 4;

    /** The results of chains are cached in a sixteenth of the heap. */
    private static final long RESULT_BYTES = Runtime.getRuntime().maxMemory() / 16;

    /** The hashes of all {@code _has} clauses of one export may take a thirty-second part of the heap. */
    private static final long HASHES = Runtime.getRuntime().maxMemory() / 32 / Long.BYTES;

    /** The heap that a cached result takes, in bytes, without the characters of the id. */
    private static final int RESULT = 250;

    private final RowReader rows;
    private final RowStream stream;
    private final FilterIndex index;
    private final MemoryBudget memory;
    private final AtomicLong lookups = new AtomicLong();
    private final Map<State, ChainLookup> exports = lastUsed();
    private final Cache<Target, Boolean> taken = Caffeine.newBuilder()
            .maximumWeight(RESULT_BYTES)
            .<Target, Boolean>weigher((target, result) -> RESULT + target.id.length())
            .build();

    /** Fair, so that each export has its turn. */
    private final ReentrantLock reading = new ReentrantLock(true);

    LinkedResources(RowReader rows, RowStream stream, FilterIndex index, MemoryBudget memory) {
        this.rows = rows;
        this.stream = stream;
        this.index = index;
        this.memory = memory;
    }

    /** The state of other resources depends on nothing else. */
    private record State(Instant asOf, OwnBases bases) {}

    /** The key of a result: the numbers of a lookup and of a filter, and the id of the target. */
    record Target(long lookup, long filter, String id) {}

    private static <K, V> Map<K, V> lastUsed() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > EXPORTS;
            }
        });
    }

    /** The lookup of an export. */
    ChainLookup asOf(Instant asOf, OwnBases bases) {
        return exports.computeIfAbsent(new State(asOf, bases), state -> newLookup(asOf));
    }

    /** A new lookup, which shares no results with others. */
    ChainLookup newLookup(Instant asOf) {
        return new ChainLookup(this, asOf, lookups.incrementAndGet(), HASHES);
    }

    /** The results of chains. */
    Cache<Target, Boolean> chainResults() {
        return taken;
    }

    /** Whether a resource existed and matched the filter, as the bytes of a stored line. */
    boolean test(ResourceKey key, Instant asOf, Predicate<byte[]> filter) {
        try (MemoryBudget.Claim claim = memory.claim()) {
            return LookupFailedException.wrap(() -> rows.asOf(key, asOf, bytes -> claim.hold(bytes, 0)))
                    .filter(version -> filter.test(version.body()))
                    .isPresent();
        }
    }

    /**
     * Lets one thread of the process work while the others wait, so that few large results grow at the same time. The
     * work may call this again.
     */
    <T> T oneAtATime(Supplier<T> work) {
        try {
            reading.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting to read the referrers of a _has clause");
        }
        try {
            return work.get();
        } finally {
            reading.unlock();
        }
    }

    /** Passes each resource that existed and may match the filter to the sink. */
    void read(TypeFilter filter, Instant asOf, RowStream.Sink sink) {
        RowQuery query = RowQuery.everything(filter.type(), asOf).narrowedBy(index.lookup(List.of(filter)));
        try (MemoryBudget.Claim claim = memory.claim()) {
            claim.hold(stream.largest(query), 0);
            stream.read(query, KeyRange.ALL, sink, canceller -> {});
        }
    }
}
