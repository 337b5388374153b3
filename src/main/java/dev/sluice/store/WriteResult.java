package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;

/**
 * The result of a write of one resource.
 *
 * @param key the resource
 * @param kind the outcome
 * @param versionId the version that is current now, or that was added; 0 if the resource never existed
 * @param lastUpdated the time of that version
 * @param metaLastUpdated the time in {@code meta.lastUpdated}
 */
public record WriteResult(ResourceKey key, Kind kind, int versionId, Instant lastUpdated, String metaLastUpdated) {
    /** The outcome of a write. */
    public enum Kind {
        /** The resource did not exist, or was deleted. */
        CREATED,
        UPDATED,
        /** The current version is equal byte for byte; nothing was written. */
        UNCHANGED,
        DELETED,
        /** The version was imported as one that is earlier than the current one. */
        HISTORY,
        /**
         * A newer version exists, and the imported one has no number under which it could be stored; nothing was
         * written.
         */
        OUTDATED,
        /** A version with the same number and other content exists; nothing was written. */
        CONFLICT,
        /** The resource to be deleted does not exist; nothing was written. */
        ABSENT
    }
}
