package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that will be written.
 *
 * @param lastUpdated when it becomes visible, in milliseconds since 1970; a version that never becomes current also
 *     ends at this time
 * @param compartment numbers of the patients in whose compartments the resource is
 * @param formerCompartment numbers of the patients in whose compartments it was before and no longer is
 * @param provenance the targets, if it is a Provenance that is not deleted
 * @param body in pieces, which are read without changing their positions; null for a deletion
 */
record NewVersion(
        ResourceKey key,
        VersionMeta meta,
        long lastUpdated,
        int[] compartment,
        int[] formerCompartment,
        long[] tokenHashes,
        ResourceWrite.@Nullable Provenance provenance,
        @Nullable List<ByteBuffer> body) {
    static final long[] NO_HASHES = {};

    /** The length of a line with its newline. */
    static int bytes(List<ByteBuffer> body) {
        return body.stream().mapToInt(ByteBuffer::remaining).sum() + 1;
    }

    boolean isCurrent() {
        return meta.rowVersion() > 0;
    }

    /** The same version as one that never becomes current, because a newer one exists or is written with it. */
    NewVersion history() {
        return new NewVersion(
                key, meta.history(), lastUpdated, compartment, formerCompartment, tokenHashes, provenance, body);
    }

    /** The row as the next writer sees it. */
    CurrentVersion asCurrent() {
        return new CurrentVersion(
                key, meta, lastUpdated, compartment, formerCompartment, body == null ? 0 : bytes(body));
    }

    WriteResult result(WriteResult.Kind kind) {
        return asCurrent().result(kind);
    }
}
