package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;

/**
 * What became of a draft.
 *
 * @param key which resource
 * @param kind what happened
 * @param versionId the version that is current now, or that was added; 0 if there never was one
 * @param lastUpdated the time of that version
 * @param metaLastUpdated the same, as {@code meta.lastUpdated} has it
 */
public record WriteResult(ResourceKey key, Kind kind, int versionId, Instant lastUpdated, String metaLastUpdated) {
    /** What happened to a resource. */
    public enum Kind {
        /** It was not there, or deleted. */
        CREATED,
        UPDATED,
        /** The current version is the same, byte for byte: nothing was written. */
        UNCHANGED,
        DELETED,
        /** It was imported as an earlier version than the current one. */
        HISTORY,
        /** A newer version is here, and it has no number under which it could be kept: nothing was written. */
        OUTDATED,
        /** A version of its number is here, with other content: nothing was written. */
        CONFLICT,
        /** It was to be deleted and is not there: nothing was written. */
        ABSENT
    }
}
