package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;

/**
 * What became of a draft.
 *
 * @param key which resource
 * @param kind what happened
 * @param versionId the version that is current now; 0 if there never was one
 * @param lastUpdated when that version was written
 */
public record WriteOutcome(ResourceKey key, Kind kind, int versionId, Instant lastUpdated) {
    /** What happened to a resource. */
    public enum Kind {
        /** It was not there, or deleted. */
        CREATED,
        UPDATED,
        /** The current version is the same, byte for byte: nothing was written. */
        UNCHANGED,
        DELETED,
        /** It was to be deleted and is not there: nothing was written. */
        ABSENT
    }
}
