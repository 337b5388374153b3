package dev.sluice.filter;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.filter.LinkedResources.Target;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.r4.IdentifierHash;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks up other resources for the chains and {@code _has} clauses of filters, as of one closed timestamp.
 *
 * <p>A chain reads the target of the reference, and the last results are cached. {@code _has} reads all resources of
 * the referring type once, and stores an eight-byte hash for each target: among ten million ids, the probability that
 * two hashes are equal is one in a hundred thousand. Safe for use by any number of threads.
 */
final class ChainLookup implements ChainResolver {
    /** Issues of other resources are told up to this number. */
    private static final int ISSUES = 1_000;

    private final LinkedResources linked;
    private final Instant asOf;
    private final long number;
    private final long mostHashes;
    private final Set<Issue> issues = new CopyOnWriteArraySet<>();
    private final Map<ReverseChain, long[]> referred = new ConcurrentHashMap<>();

    /** The number of hashes of all results; written by one thread at a time. */
    private long hashes;

    /**
     * @param number of this lookup in the keys of cached results
     * @param mostHashes of the results of all {@code _has} clauses
     */
    ChainLookup(LinkedResources linked, Instant asOf, long number, long mostHashes) {
        this.linked = linked;
        this.asOf = asOf;
        this.number = number;
        this.mostHashes = mostHashes;
    }

    /** Issues of resources that could not be read. */
    List<Issue> issues() {
        return List.copyOf(issues);
    }

    @Override
    public boolean isTaken(TypeFilter filter, String id) {
        Target target = new Target(number, filter.number(), id);
        Boolean known = linked.chainResults().getIfPresent(target);
        if (known == null) {
            known = read(filter, id); // outside the lock of the cache, because the filter may contain chains itself
            linked.chainResults().put(target, known);
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
        TopLevelScanner fields = ResourceFilter.fields(List.of(filter));
        return linked.test(key, asOf, body -> filter.matches(fields.read(body, 0, body.length), this));
    }

    private long[] referredBy(ReverseChain referrers) {
        long[] known = referred.get(referrers);
        return known == null ? LookupFailedException.wrap(() -> linked.oneAtATime(() -> read(referrers))) : known;
    }

    private long[] read(ReverseChain referrers) {
        long[] known = referred.get(referrers);
        if (known != null) {
            return known;
        }
        ResourceFilter filter = new ResourceFilter(List.of(referrers.filter()), this);
        RowIssues found = new RowIssues();
        TopLevelScanner fields = referrers.fields();
        LongSet ids = new LongSet(mostHashes - hashes);
        linked.read(referrers.filter(), asOf, (buffer, offset, length) -> {
            if (found.matches(filter, buffer, offset, length)) {
                ObjectNode resource = fields.read(buffer, offset, length);
                for (String id : referrers.idsIn(resource)) {
                    if (!ids.add(hash(id))) {
                        throw tooMany();
                    }
                }
            }
        });
        if (issues.size() < ISSUES) {
            issues.addAll(found.issues());
        }
        long[] sorted = ids.toArray();
        hashes += sorted.length;
        referred.put(referrers, sorted);
        return sorted;
    }

    private FhirException tooMany() {
        return FhirException.of(
                400,
                "too-costly",
                "The _has clauses of _typeFilter find more than " + mostHashes
                        + " resources, for which this server has no memory. Narrow them, or give the server a larger heap.");
    }

    private static long hash(String id) {
        return IdentifierHash.identifier(null, id);
    }
}
