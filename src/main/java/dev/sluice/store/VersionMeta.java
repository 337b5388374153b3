package dev.sluice.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a version is numbered and dated: by itself, and where it came from.
 *
 * @param row its number among the rows of its resource: 1, 2, 3 … if it was current, negative if it never was
 * @param versionId what {@code meta.versionId} says
 * @param lastUpdated what {@code meta.lastUpdated} says, as it came; null = the time of the row
 * @param sourceVersionId its number where it came from, if it has another one here; 0 = none
 * @param sourceLastUpdated its time where it came from, if that is not what {@code meta} says; null = none
 */
record VersionMeta(
        int row,
        int versionId,
        @Nullable String lastUpdated,
        int sourceVersionId,
        @Nullable Instant sourceLastUpdated) {

    /** Whether its time in another store is known. */
    boolean isImported() {
        return lastUpdated != null || sourceVersionId != 0 || sourceLastUpdated != null;
    }

    /** The number that says whether another version of the same source is newer; 0 = unknown. */
    int orderVersionId() {
        if (sourceVersionId != 0) {
            return sourceVersionId;
        }
        return sourceLastUpdated == null ? versionId : 0;
    }

    /** The same version, if it never was current. */
    VersionMeta history() {
        return new VersionMeta(-versionId, versionId, lastUpdated, sourceVersionId, sourceLastUpdated);
    }
}
