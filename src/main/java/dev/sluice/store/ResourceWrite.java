package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change to be written: a new version of a resource, or its deletion.
 *
 * @param key the resource
 * @param content the new content; null deletes the resource
 * @param condition the condition on the current version
 * @param origin the version metadata of an imported line; null = not imported, the write is the newest version
 * @param patients logical ids of the patients in whose compartments a deleted resource is known to have been
 */
public record ResourceWrite(
        ResourceKey key,
        @Nullable Content content,
        VersionCondition condition,
        @Nullable Origin origin,
        List<String> patients) {
    /** Orders writes from the earliest to the newest version; writes without version and time come last. */
    public static final Comparator<ResourceWrite> IN_ORDER = Comparator.<ResourceWrite>comparingInt(
                    ResourceWrite::orderVersionId)
            .thenComparing(ResourceWrite::orderTime);

    /** A change without import metadata. */
    public ResourceWrite(ResourceKey key, @Nullable Content content, VersionCondition condition) {
        this(key, content, condition, null, List.of());
    }

    /** A deletion, without a condition on the current version. */
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
     * The version metadata of an imported line.
     *
     * @param line the number of the line in the file
     * @param versionId the version number in the source; 0 = none, or none that can be kept
     * @param lastUpdated the text of {@code meta.lastUpdated}; null = none
     * @param time the time of the text, to the microsecond; null = none
     * @param kept whether number and time are kept; otherwise they only decide which of two versions is newer
     */
    public record Origin(
            long line,
            int versionId,
            @Nullable String lastUpdated,
            @Nullable Instant time,
            boolean kept) {}

    /**
     * The content of a version.
     *
     * @param line returns the NDJSON line when version and time are known
     * @param patients logical ids of the patients in whose compartments the resource is; a Patient's own id comes first
     * @param tokenHashes hashes of its identifiers and codes, by which indexes find it
     * @param provenance the targets, if it is a Provenance
     */
    public record Content(
            Line line,
            List<String> patients,
            long[] tokenHashes,
            @Nullable Provenance provenance) {}

    /**
     * The targets of a Provenance.
     *
     * @param targets resources of this server, each once
     * @param recorded when the Provenance was recorded; null if it does not say so
     */
    public record Provenance(
            Collection<ResourceKey> targets, @Nullable Instant recorded) {}

    /** A body to which version and time are added later. */
    @FunctionalInterface
    public interface Line {
        /** The resource as UTF-8 JSON in one line, without a newline, with this {@code meta}. */
        byte[] stamp(int versionId, String lastUpdated);

        /** The same line as consecutive pieces, so that a large one need not be copied. */
        default List<ByteBuffer> pieces(int versionId, String lastUpdated) {
            return List.of(ByteBuffer.wrap(stamp(versionId, lastUpdated)));
        }
    }
}
