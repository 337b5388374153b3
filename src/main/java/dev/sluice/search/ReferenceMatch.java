package dev.sluice.search;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code Type/id}, a bare id, an absolute URL, or a canonical URL with or without {@code |version}.
 *
 * @param text the value as written
 * @param literal the value as a type and an id; null if it is none
 * @param ownBase whether a base URL is this server's own, so that what follows it equals a relative reference
 * @see <a href="https://hl7.org/fhir/R4/search.html#reference">reference</a>
 */
record ReferenceMatch(String text, @Nullable LiteralReference literal, Predicate<String> ownBase)
        implements ValueMatch {
    static final Set<String> TYPES = Set.of("Reference", "canonical", "uri");

    static ReferenceMatch read(String text, Predicate<String> ownBase) throws Malformed {
        LiteralReference literal = LiteralReference.parse(text);
        if (literal != null && text.contains("/_history/")) {
            throw new Malformed("names a version; leave out '/_history/…', for references match in any version");
        }
        if (literal == null && !ResourceKey.isId(text) && text.indexOf(':') < 0) {
            int slash = text.indexOf('/');
            boolean unknownType =
                    slash > 0 && ResourceType.find(text.substring(0, slash)).isEmpty();
            throw new Malformed("is no reference; write Type/id, an id or an absolute URL"
                    + (unknownType ? ": " + ResourceType.unknown(Faults.cut(text.substring(0, slash))) : ""));
        }
        return new ReferenceMatch(text, literal, ownBase);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        if (!type.name().equals("Reference")) {
            return isCanonical(JsonText.of(element));
        }
        LiteralReference actual = LiteralReference.in(element);
        if (actual == null) {
            return text.equals(JsonText.of(element, "reference"));
        }
        if (literal == null) {
            return actual.id().equals(text) && actual.isLocal(ownBase);
        }
        return actual.type().equals(literal.type())
                && actual.id().equals(literal.id())
                && (actual.base().equals(literal.base()) || (actual.isLocal(ownBase) && literal.isLocal(ownBase)));
    }

    /** A value without a version means any version. */
    private boolean isCanonical(@Nullable String actual) {
        return actual != null
                && actual.startsWith(text)
                && (actual.length() == text.length() || actual.charAt(text.length()) == '|');
    }
}
