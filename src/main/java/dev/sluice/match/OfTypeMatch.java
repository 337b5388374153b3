package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code identifier:of-type=system|code|value}: an identifier of this value whose type has this code.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token</a>
 */
record OfTypeMatch(TokenMatch type, String value) implements ValueMatch {
    private static final int PARTS = 3;

    static OfTypeMatch read(SearchParameter parameter, String text) throws InvalidValueException {
        if (!parameter.has("Identifier")) {
            throw new InvalidValueException(
                    "cannot be looked for with :of-type, since " + parameter.name() + " is no identifier");
        }
        List<String> parts = SearchEscaping.split(text, '|');
        if (parts.size() != PARTS || parts.stream().anyMatch(String::isEmpty)) {
            throw new InvalidValueException(
                    "is no typed identifier; write system|code|value, with the system and code of its type");
        }
        return new OfTypeMatch(
                new TokenMatch(SearchEscaping.unescape(parts.get(0)), SearchEscaping.unescape(parts.get(1))),
                SearchEscaping.unescape(parts.get(2)));
    }

    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        return value;
    }

    @Override
    public @Nullable String key(SearchParameter parameter) {
        return value;
    }

    @Override
    public @Nullable IndexTerm indexTerm(SearchParameter parameter) {
        return new IndexTerm.Token(null, value);
    }

    @Override
    public boolean matches(ElementType elementType, JsonNode element) {
        return elementType.name().equals("Identifier")
                && value.equals(JsonText.of(element, "value"))
                && type.anyCoding(element.path("type").get("coding"));
    }
}
