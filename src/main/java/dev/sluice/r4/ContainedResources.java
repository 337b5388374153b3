package dev.sluice.r4;

import dev.sluice.json.JsonText;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Resolves a reference such as {@code #med1} to a contained resource.
 *
 * @see <a href="https://hl7.org/fhir/R4/references.html#contained">contained resources</a>
 */
public final class ContainedResources {
    public static final String FIELD = "contained";

    private ContainedResources() {}

    /** Null if the reference is of another form, or points to nothing. */
    public static @Nullable ObjectNode find(JsonNode reference, ObjectNode container) {
        String text = JsonText.of(reference, "reference");
        JsonNode contained = container.get(FIELD);
        if (text == null || !text.startsWith("#") || contained == null) {
            return null;
        }
        String id = text.substring(1);
        for (int i = 0; i < contained.size(); i++) {
            if (contained.get(i) instanceof ObjectNode candidate && id.equals(JsonText.of(candidate, "id"))) {
                return candidate;
            }
        }
        return null;
    }
}
