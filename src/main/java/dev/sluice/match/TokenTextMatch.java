package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code code:text=head}: the words beside a code start with the given string, and not the code itself.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token</a>
 */
record TokenTextMatch(StringMatch words) implements ValueMatch {
    /** Types of tokens that have no words beside them. */
    private static final Set<String> WORDLESS = Set.of("ContactPoint", "code", "boolean", "id", "string", "uri");

    static TokenTextMatch read(SearchParameter parameter, String text) throws InvalidValueException {
        if (parameter.hasOnly(WORDLESS)) {
            throw new InvalidValueException(
                    "cannot be looked for with :text, since " + parameter.name() + " has no text");
        }
        return new TokenTextMatch(StringMatch.read(text, StringMatch.Way.STARTS));
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        return switch (type.name()) {
            case "CodeableConcept" -> isConcept(element);
            case "Coding" -> words.isAlike(JsonText.of(element, "display"));
            case "Identifier" -> words.isAlike(JsonText.of(element.path("type"), "text"));
            default -> false;
        };
    }

    private boolean isConcept(JsonNode concept) {
        return words.isAlike(JsonText.of(concept, "text")) || anyDisplay(concept.get("coding"));
    }

    private boolean anyDisplay(@Nullable JsonNode codings) {
        if (codings != null && codings.isArray()) {
            for (int i = 0; i < codings.size(); i++) {
                if (words.isAlike(JsonText.of(codings.get(i), "display"))) {
                    return true;
                }
            }
        }
        return false;
    }
}
