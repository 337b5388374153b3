package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row to be.
 *
 * @param lastUpdated when it becomes visible, in milliseconds since 1970; a version that never is current ends then too
 * @param compartment numbers of the patients in whose compartments it is
 * @param former those of patients in whose compartments it was before and is not any more
 * @param provenance what it is about, if it is a Provenance that is there
 * @param body in pieces, which are read and not moved; null for a deletion
 */
record NewVersion(
        ResourceKey key,
        VersionMeta meta,
        long lastUpdated,
        int[] compartment,
        int[] former,
        long[] signature,
        ResourceWrite.@Nullable Provenance provenance,
        @Nullable List<ByteBuffer> body) {
    static final long[] NO_SIGNATURE = {};

    /** The length of a line with its newline. */
    static int bytes(List<ByteBuffer> body) {
        return body.stream().mapToInt(ByteBuffer::remaining).sum() + 1;
    }

    boolean isCurrent() {
        return meta.row() > 0;
    }

    /** The same version, which never is current: a newer one comes with it, or was here before. */
    NewVersion history() {
        return new NewVersion(key, meta.history(), lastUpdated, compartment, former, signature, provenance, body);
    }

    /** How the next writer sees it. */
    CurrentVersion asCurrent() {
        return new CurrentVersion(key, meta, lastUpdated, compartment, former, body == null ? 0 : bytes(body));
    }

    WriteResult outcome(WriteResult.Kind kind) {
        return asCurrent().outcome(kind);
    }
}
