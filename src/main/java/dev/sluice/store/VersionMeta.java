package dev.sluice.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The number and time of a version, in this store and in the source from which it was imported.
 *
 * @param rowVersion the column {@code version_id}: its number among the rows of its resource: 1, 2, 3 … if it was current, negative if it never was
 * @param versionId the value of {@code meta.versionId}; the column {@code meta_version_id} if it differs
 * @param lastUpdated the text of {@code meta.lastUpdated} as imported; null = the time of the row
 * @param sourceVersionId its number in the source, if it differs; 0 = none
 * @param sourceLastUpdated its time in the source, if it differs from {@code meta.lastUpdated}; null = none
 */
record VersionMeta(
        int rowVersion,
        int versionId,
        @Nullable String lastUpdated,
        int sourceVersionId,
        @Nullable Instant sourceLastUpdated) {

    /** Whether its time in the source is known. */
    boolean isImported() {
        return lastUpdated != null || sourceVersionId != 0 || sourceLastUpdated != null;
    }

    /** The number by which versions of the same source are ordered; 0 = unknown. */
    int orderVersionId() {
        if (sourceVersionId != 0) {
            return sourceVersionId;
        }
        return sourceLastUpdated == null ? versionId : 0;
    }

    /** The same version as one that was never current. */
    VersionMeta history() {
        return new VersionMeta(-versionId, versionId, lastUpdated, sourceVersionId, sourceLastUpdated);
    }
}
