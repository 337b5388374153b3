package dev.sluice.filter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.r4.IdentifierHash;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.LongStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks up other resources for the chains and {@code _has} clauses of filters, as of one closed timestamp.
 *
 * <p>A chain reads the target of the reference, and the last results are cached. {@code _has} reads all resources of
 * the referring type once, and stores an eight-byte hash for each target: among ten million ids, the probability that
 * two hashes are equal is one in a hundred thousand. Safe for use by any number of threads.
 */
final class ChainLookup implements ChainResolver {
    private static final KeyRange ALL = new KeyRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0, 0);

    /** The number of cached results of single resources; each takes about 200 bytes. */
    private static final int ANSWERS = 50_000;

    /** The number of cached hashes of targets: 64 MB. */
    private static final long REFERRED = 8_000_000;

    private final RowReader rows;
    private final RowStream stream;
    private final FilterIndex index;
    private final Instant asOf;
    private final Set<Issue> issues = new CopyOnWriteArraySet<>();
    private final Cache<Target, Boolean> taken =
            Caffeine.newBuilder().maximumSize(ANSWERS).build();
    private final Cache<ReverseChain, long[]> referred = Caffeine.newBuilder()
            .maximumWeight(REFERRED)
            .<ReverseChain, long[]>weigher((referrers, ids) -> ids.length)
            .build();

    ChainLookup(RowReader rows, RowStream stream, FilterIndex index, Instant asOf) {
        this.rows = rows;
        this.stream = stream;
        this.index = index;
        this.asOf = asOf;
    }

    /** The key of a cached result: a filter, compared by identity, and the target. */
    private record Target(TypeFilter filter, String id) {}

    /** Issues of resources that could not be read. */
    List<Issue> issues() {
        return List.copyOf(issues);
    }

    @Override
    public boolean isTaken(TypeFilter filter, String id) {
        Target target = new Target(filter, id);
        Boolean known = taken.getIfPresent(target);
        if (known == null) {
            known = read(filter, id); // outside the lock of the cache, because the filter may contain chains itself
            taken.put(target, known);
        }
        return known;
    }

    @Override
    public boolean isReferredTo(ReverseChain referrers, String id) {
        return Arrays.binarySearch(referredBy(referrers), hash(id)) >= 0;
    }

    private boolean read(TypeFilter filter, String id) {
        ResourceKey key;
        try {
            key = new ResourceKey(filter.type(), id);
        } catch (FhirException notAnId) {
            return false;
        }
        return LookupFailedException.wrap(() -> rows.asOf(key, asOf, bytes -> {}))
                .map(version -> filter.matches(FhirJson.stored(version.body()), this))
                .orElse(false);
    }

    /** One thread reads while the others wait for its result. A filter of referrers may contain further referrers. */
    private synchronized long[] referredBy(ReverseChain referrers) {
        long[] known = referred.getIfPresent(referrers);
        if (known == null) {
            known = read(referrers);
            referred.put(referrers, known);
        }
        return known;
    }

    private long[] read(ReverseChain referrers) {
        List<TypeFilter> filters = List.of(referrers.filter());
        ResourceFilter filter = new ResourceFilter(filters, this);
        RowIssues found = new RowIssues();
        LongStream.Builder ids = LongStream.builder();
        LookupFailedException.wrap(() -> stream.read(
                RowQuery.everything(referrers.filter().type(), asOf).narrowedBy(index.lookup(filters)),
                ALL,
                (buffer, offset, length) -> {
                    if (found.takes(filter, buffer, offset, length)) {
                        ObjectNode resource = (ObjectNode) FhirJson.stored(buffer, offset, offset + length);
                        referrers.idsIn(resource).forEach(id -> ids.add(hash(id)));
                    }
                },
                canceller -> {}));
        issues.addAll(found.issues());
        return ids.build().sorted().distinct().toArray();
    }

    private static long hash(String id) {
        return IdentifierHash.identifier(null, id);
    }
}
