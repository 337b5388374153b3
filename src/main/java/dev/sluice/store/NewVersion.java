package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row to be.
 *
 * @param lastUpdated milliseconds since 1970
 * @param compartment numbers of the patients in whose compartments it is
 * @param former those of patients in whose compartments it was before and is not any more
 * @param provenance what it is about, if it is a Provenance that is there
 * @param body in pieces, which are read and not moved; null for a deletion
 */
record NewVersion(
        ResourceKey key,
        int versionId,
        long lastUpdated,
        int[] compartment,
        int[] former,
        long[] signature,
        Draft.@Nullable Provenance provenance,
        @Nullable List<ByteBuffer> body) {
    static final long[] NO_SIGNATURE = {};

    /** The length of a line with its newline. */
    static int bytes(List<ByteBuffer> body) {
        return body.stream().mapToInt(ByteBuffer::remaining).sum() + 1;
    }

    WriteOutcome outcome(WriteOutcome.Kind kind) {
        return new WriteOutcome(key, kind, versionId, Instant.ofEpochMilli(lastUpdated));
    }
}
