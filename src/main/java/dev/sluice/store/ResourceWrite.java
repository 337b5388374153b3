package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change that waits to be written: a new version of a resource, or its deletion.
 *
 * @param key which resource
 * @param content what it is now; null deletes it
 * @param condition what must hold of the current version
 * @param origin what an imported line says about it; null = it comes by itself, and is the newest
 * @param patients logical ids of patients in whose compartments a deleted resource is known to have been
 */
public record ResourceWrite(
        ResourceKey key,
        @Nullable Content content,
        VersionCondition condition,
        @Nullable Origin origin,
        List<String> patients) {
    /** From the earliest to the newest version; what says nothing about that comes last. */
    public static final Comparator<ResourceWrite> IN_ORDER = Comparator.<ResourceWrite>comparingInt(
                    ResourceWrite::orderVersionId)
            .thenComparing(ResourceWrite::orderTime);

    /** A change that comes by itself. */
    public ResourceWrite(ResourceKey key, @Nullable Content content, VersionCondition condition) {
        this(key, content, condition, null, List.of());
    }

    /** A new version, whatever is current. */
    public static ResourceWrite put(ResourceKey key, Content content) {
        return new ResourceWrite(key, content, VersionCondition.NONE);
    }

    /** A deletion, whatever is current. */
    public static ResourceWrite delete(ResourceKey key) {
        return new ResourceWrite(key, null, VersionCondition.NONE);
    }

    private int orderVersionId() {
        return origin == null || origin.versionId == 0 ? Integer.MAX_VALUE : origin.versionId;
    }

    private Instant orderTime() {
        return origin == null || origin.time == null ? Instant.MAX : origin.time;
    }

    /**
     * What an imported line says about the version that it holds.
     *
     * @param line its number in the file
     * @param versionId its number there; 0 = none, or none that can be kept
     * @param lastUpdated the text of {@code meta.lastUpdated}; null = none
     * @param time what the text means, to the microsecond; null = none
     * @param kept whether number and time stay; otherwise they only say which of two versions is newer
     */
    public record Origin(
            long line,
            int versionId,
            @Nullable String lastUpdated,
            @Nullable Instant time,
            boolean kept) {}

    /**
     * What a version holds.
     *
     * @param line gives the NDJSON line once version and time are known
     * @param patients logical ids of the patients in whose compartments the resource is; a Patient comes first itself
     * @param signature numbers by which it is found: of its identifiers and codes
     * @param provenance what it is about, if it is a Provenance
     */
    public record Content(
            Line line,
            List<String> patients,
            long[] signature,
            @Nullable Provenance provenance) {}

    /**
     * What a Provenance is about.
     *
     * @param targets resources of this server, each once
     * @param recorded when the Provenance was recorded; null if it does not say so
     */
    public record Provenance(
            Collection<ResourceKey> targets, @Nullable Instant recorded) {}

    /** A body that waits for its version and time. */
    @FunctionalInterface
    public interface Line {
        /** The resource as UTF-8 JSON in one line, without a newline, with this {@code meta}. */
        byte[] stamp(int versionId, String lastUpdated);

        /** The same line as pieces to be written one after the other, so that a large one need not be copied. */
        default List<ByteBuffer> pieces(int versionId, String lastUpdated) {
            return List.of(ByteBuffer.wrap(stamp(versionId, lastUpdated)));
        }
    }
}
