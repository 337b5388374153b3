package dev.sluice.match;

import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code subject:identifier=system|value}: matches a reference that contains the identifier of its target. The target
 * itself is not read.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#reference">reference</a>
 */
record IdentifierMatch(TokenMatch identifier) implements ValueMatch {
    static IdentifierMatch read(SearchParameter parameter, String text) throws InvalidValueException {
        if (!parameter.has("Reference")) {
            throw new InvalidValueException("cannot be looked for with :identifier, since " + parameter.name()
                    + " is no Reference, which could state one");
        }
        return new IdentifierMatch(TokenMatch.read(text));
    }

    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        return identifier.code() != null ? identifier.code() : identifier.system();
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        JsonNode actual = type.name().equals("Reference") ? element.get("identifier") : null;
        return actual != null && identifier.isIdentifier(actual);
    }
}
