package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;

/**
 * One version of a resource, as read from the store.
 *
 * @param key the resource
 * @param versionId the value of {@code meta.versionId}
 * @param lastUpdated the time in {@code meta.lastUpdated}
 * @param deleted whether this version is a deletion; its body is then empty
 * @param body the NDJSON line without its newline
 */
public record StoredVersion(ResourceKey key, int versionId, Instant lastUpdated, boolean deleted, byte[] body) {
    /** The same version with this body. */
    StoredVersion with(byte[] read) {
        return new StoredVersion(key, versionId, lastUpdated, deleted, read);
    }
}
