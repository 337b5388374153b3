package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.R4Structure;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Computes the hash keys by which an element is looked up in a list of values: its codes, ids, URLs or texts. A value
 * that has a {@link ValueMatch#key} matches no element without that key.
 */
public final class ElementKeys {
    private static final Map<String, String> FIELDS =
            Map.of("Coding", "code", "Identifier", "value", "ContactPoint", "value", R4Structure.RESOURCE, "id");

    private ElementKeys() {}

    /** Whether the test holds for one of the keys; a key may come more than once. */
    public static boolean any(ElementType type, JsonNode element, Predicate<String> test) {
        String name = type.name();
        String field = FIELDS.get(name);
        if (field != null) {
            return test(JsonText.of(element, field), test);
        }
        return switch (name) {
            case "CodeableConcept" -> anyCode(element.get("coding"), test);
            case "Reference" -> anyReference(element, test);
            case "boolean" -> element.isBoolean() && test.test(String.valueOf(element.booleanValue()));
            case "canonical", "uri" -> anyUri(JsonText.of(element), test);
            default -> anyText(StringMatch.PARTS.get(name), element, test);
        };
    }

    private static boolean test(@Nullable String key, Predicate<String> test) {
        return key != null && test.test(key);
    }

    private static boolean anyCode(@Nullable JsonNode codings, Predicate<String> test) {
        if (codings != null && codings.isArray()) {
            for (int i = 0; i < codings.size(); i++) {
                if (test(JsonText.of(codings.get(i), "code"), test)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The id of a literal reference, and the whole text. */
    private static boolean anyReference(JsonNode element, Predicate<String> test) {
        String text = JsonText.of(element, "reference");
        if (text == null) {
            return false;
        }
        LiteralReference literal = LiteralReference.parse(text);
        return (literal != null && test.test(literal.id())) || test.test(text);
    }

    /** The URL with and without its version. */
    private static boolean anyUri(@Nullable String text, Predicate<String> test) {
        if (text == null) {
            return false;
        }
        for (int end = text.length(); end >= 0; end = text.lastIndexOf('|', end - 1)) {
            if (test.test(text.substring(0, end))) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyText(@Nullable List<String> parts, JsonNode element, Predicate<String> test) {
        if (parts == null) {
            return test(JsonText.of(element), test);
        }
        for (String part : parts) {
            if (JsonText.any(element, part, test)) {
                return true;
            }
        }
        return false;
    }
}
