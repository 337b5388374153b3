package dev.sluice.r4;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A reference that names a resource by type and id: {@code Patient/1}, {@code Patient/1/_history/2} or {@code
 * https://host/fhir/Patient/1}.
 *
 * <p>All references are parsed by this class. It scans instead of using a regular expression, because it runs for each
 * reference of each resource that is written.
 *
 * @param base what stands before {@code /Type/id}, or empty for a relative reference
 * @param version what stands behind {@code /_history/}; null if the reference names no version
 * @see <a href="https://hl7.org/fhir/R4/references.html#literal">literal references</a>
 */
public record LiteralReference(
        String base, ResourceType type, String id, @Nullable String version) {
    private static final String HISTORY = "/_history/";

    /** The reference of a Reference element; null when it has none, or one of another form. */
    public static @Nullable LiteralReference in(JsonNode element) {
        JsonNode text = element.get("reference");
        return text == null || !text.isString() ? null : parse(text.stringValue());
    }

    /** Null for anything else, such as {@code #contained}, {@code urn:uuid:…} or {@code Patient?identifier=…}. */
    public static @Nullable LiteralReference parse(String text) {
        int end = text.length();
        String version = null;
        int history = text.lastIndexOf(HISTORY);
        if (history >= 0) {
            if (!ResourceKey.isId(text, history + HISTORY.length(), end)) {
                return null;
            }
            version = text.substring(history + HISTORY.length());
            end = history;
        }
        int slash = text.lastIndexOf('/', end - 1);
        if (slash < 1 || !ResourceKey.isId(text, slash + 1, end)) {
            return null;
        }
        int start = text.lastIndexOf('/', slash - 1) + 1;
        if (start > 0 && !text.startsWith("http://") && !text.startsWith("https://")) {
            return null;
        }
        Optional<ResourceType> type = ResourceType.find(text.substring(start, slash));
        if (type.isEmpty()) {
            return null;
        }
        String base = start == 0 ? "" : text.substring(0, start - 1);
        return new LiteralReference(base, type.get(), text.substring(slash + 1, end), version);
    }

    /** Whether it means a resource of this server: it is relative, or its base is one of the server's own. */
    public boolean isLocal(Predicate<String> ownBase) {
        return base.isEmpty() || ownBase.test(base);
    }

    /** The type and the id. */
    public ResourceKey key() {
        return new ResourceKey(type, id);
    }
}
