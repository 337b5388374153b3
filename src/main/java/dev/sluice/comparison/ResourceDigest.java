package dev.sluice.comparison;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line as {@code compare} sees it.
 *
 * @param type the resource type, empty if the line has none
 * @param id the logical id, empty if the line has none
 * @param version {@code meta.versionId}, if the line has one
 * @param content a hash, 64 bits of a SHA-256, of the JSON without {@code meta.versionId} and {@code meta.lastUpdated};
 *     the order of properties and white space do not count, and the zeros at the end of a number do. Two contents that are
 *     not the same share it with a probability of 2<sup>-64</sup>.
 */
public record ResourceDigest(
        String type, String id, @Nullable String version, long content) {
    private static final ObjectWriter SORTED = FhirJson.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    /**
     * Reads a line.
     *
     * @throws FhirException if it is not one valid JSON object
     */
    public static ResourceDigest of(byte[] line) {
        ObjectNode resource = FhirJson.parseObject(line);
        String version = null;
        if (resource.get("meta") instanceof ObjectNode meta) {
            version = meta.path("versionId").stringValue(null);
            meta.remove(List.of("versionId", "lastUpdated"));
            if (meta.isEmpty()) {
                resource.remove("meta");
            }
        }
        return new ResourceDigest(
                resource.path("resourceType").stringValue(""),
                resource.path("id").stringValue(""),
                version,
                ByteBuffer.wrap(DigestUtils.sha256(SORTED.writeValueAsBytes(resource)))
                        .getLong());
    }

    public KeyHash key() {
        return KeyHash.of(type, id);
    }
}
