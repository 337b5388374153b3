package dev.sluice.search;

import dev.sluice.search.ValueMatch.Malformed;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of one value as the kind of its parameter, and a modifier, ask.
 *
 * @param ownBase whether a base URL is this server's own
 * @param asOf the moment that an approximate date is measured from
 */
record ValueReader(Predicate<String> ownBase, Instant asOf) {
    /** The element types that a kind compares; empty for a kind that is compared otherwise, or not at all. */
    static Set<String> elementTypes(SearchKind kind) {
        return switch (kind) {
            case TOKEN -> TokenMatch.TYPES;
            case STRING -> StringMatch.TYPES;
            case DATE -> DateMatch.TYPES;
            case REFERENCE -> ReferenceMatch.TYPES;
            case QUANTITY -> QuantityMatch.TYPES;
            case NUMBER -> NumberMatch.TYPES;
            case URI -> UriMatch.TYPES;
            case COMPOSITE, SPECIAL -> Set.of();
        };
    }

    /**
     * One value as it can be compared.
     *
     * @param text the value with its FHIR escapes, such as {@code a\,b}
     * @param modifier one that the kind takes and that changes the comparison, or null
     */
    ValueMatch read(SearchParameter parameter, String text, @Nullable Modifier modifier) throws Malformed {
        return switch (parameter.kind()) {
            case TOKEN -> token(parameter, text, modifier);
            case STRING -> string(parameter, Escapes.unescape(text), modifier);
            case DATE -> DateMatch.read(Escapes.unescape(text), asOf);
            case REFERENCE ->
                modifier == Modifier.IDENTIFIER
                        ? IdentifierMatch.read(parameter, text)
                        : ReferenceMatch.read(Escapes.unescape(text), ownBase);
            case QUANTITY -> QuantityMatch.read(text);
            case NUMBER -> NumberMatch.read(Escapes.unescape(text));
            case URI -> UriMatch.read(Escapes.unescape(text), way(modifier));
            case COMPOSITE, SPECIAL -> throw new IllegalStateException(parameter + " has no values of its own");
        };
    }

    private static ValueMatch token(SearchParameter parameter, String text, @Nullable Modifier modifier)
            throws Malformed {
        if (modifier == Modifier.TEXT) {
            return TokenTextMatch.read(parameter, Escapes.unescape(text));
        }
        return modifier == Modifier.OF_TYPE ? OfTypeMatch.read(parameter, text) : TokenMatch.read(parameter, text);
    }

    private static ValueMatch string(SearchParameter parameter, String text, @Nullable Modifier modifier)
            throws Malformed {
        if (modifier == Modifier.EXACT) {
            return StringMatch.read(text, StringMatch.Way.EXACT);
        }
        if (modifier == Modifier.CONTAINS) {
            return StringMatch.read(text, StringMatch.Way.CONTAINS);
        }
        return parameter.name().equals(PhoneticMatch.PARAMETER)
                ? PhoneticMatch.read(text)
                : StringMatch.read(text, StringMatch.Way.STARTS);
    }

    private static UriMatch.Way way(@Nullable Modifier modifier) {
        if (modifier == Modifier.BELOW) {
            return UriMatch.Way.BELOW;
        }
        return modifier == Modifier.ABOVE ? UriMatch.Way.ABOVE : UriMatch.Way.SAME;
    }
}
