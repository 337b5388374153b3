package dev.sluice.ingest;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.ingest.EntryRequest.Method;
import dev.sluice.store.StoredVersion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a Bundle whose resource is known.
 *
 * @param key the resource, with its existing or new id
 * @param found the resource that a conditional create has found and does not change
 * @param identifierHashes the identifiers of the resource that the entry brings, as ascending numbers
 */
record ResolvedEntry(
        BundleEntry entry,
        EntryRequest target,
        ResourceKey key,
        @Nullable StoredVersion found,
        long[] identifierHashes) {
    /** Whether the entry changes the store. */
    boolean changes() {
        return found == null && target.method() != Method.GET;
    }

    /** Whether the entry brings a resource that matches. */
    boolean brings(IdentifierQuery query) {
        return found == null
                && key.type().equals(query.type())
                && Arrays.binarySearch(identifierHashes, query.hash()) >= 0
                && query.matches(target.json(entry.resource()).tree());
    }
}
