package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row to be.
 *
 * @param lastUpdated milliseconds since 1970
 * @param compartment numbers of the patients in whose compartments it is
 * @param former those of patients in whose compartments it was before and is not any more
 * @param body null for a deletion
 */
record NewVersion(
        ResourceKey key,
        int versionId,
        long lastUpdated,
        int[] compartment,
        int[] former,
        long[] signature,
        byte @Nullable [] body) {
    static final long[] NO_SIGNATURE = {};

    WriteOutcome outcome(WriteOutcome.Kind kind) {
        return new WriteOutcome(key, kind, versionId, Instant.ofEpochMilli(lastUpdated));
    }
}
