package dev.sluice.r4;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Computes 64-bit hashes of the identifiers of a resource, by which an index finds it for a conditional reference such
 * as {@code Patient?identifier=system|value}.
 *
 * <p>A number is the first eight bytes, big-endian, of the SHA-256 of the UTF-8 of one of {@code
 * identifier|system|value}, {@code identifier||value} (no system) and {@code identifier|value} (any system), where
 * {@code \} and {@code |} within a part are preceded by a {@code \}. Stored numbers depend on this: never change it.
 * Two identifiers may have the same number, so a reader must compare the identifier of each row that it finds.
 *
 * <p>Safe for any number of threads.
 */
public final class IdentifierHash {
    /** Two types are also found by an identifier in another field. */
    private static final Set<String> WITH_MASTER = Set.of("DocumentManifest", "DocumentReference");

    private static final List<String> FIELDS = List.of("identifier");
    private static final List<String> FIELDS_WITH_MASTER = List.of("identifier", "masterIdentifier");
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(DigestUtils::getSha256Digest);

    private IdentifierHash() {}

    /** The numbers of every identifier with a value, in ascending order, each once. */
    public static long[] of(ResourceType type, ObjectNode resource) {
        LongStream.Builder numbers = LongStream.builder();
        for (String field : WITH_MASTER.contains(type.name()) ? FIELDS_WITH_MASTER : FIELDS) {
            JsonNode found = resource.get(field);
            if (found != null && found.isArray()) {
                for (int i = 0; i < found.size(); i++) {
                    add(found.get(i), numbers);
                }
            } else if (found != null) {
                add(found, numbers);
            }
        }
        return numbers.build().sorted().distinct().toArray();
    }

    /**
     * The number to look for.
     *
     * @param system the system of {@code system|value}; empty for {@code |value}, which asks for no system; null for a
     *     bare {@code value}, which takes any
     */
    public static long identifier(@Nullable String system, String value) {
        String token =
                system == null ? "identifier|" + escape(value) : "identifier|" + escape(system) + "|" + escape(value);
        return ByteBuffer.wrap(digest(token)).getLong();
    }

    static byte[] digest(String token) {
        return SHA_256.get().digest(token.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(JsonNode identifier, LongStream.Builder numbers) {
        String value = JsonText.of(identifier, "value");
        if (value != null) {
            String system = JsonText.of(identifier, "system");
            numbers.add(identifier(null, value));
            numbers.add(identifier(system == null ? "" : system, value));
        }
    }

    private static String escape(String part) {
        return part.indexOf('|') < 0 && part.indexOf('\\') < 0
                ? part
                : part.replace("\\", "\\\\").replace("|", "\\|");
    }
}
