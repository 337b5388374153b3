package dev.sluice.search;

import dev.sluice.search.ValueMatch.Malformed;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;

/** Reads the text of one value as the kind of its parameter asks. */
final class ValueReader {
    private final Predicate<String> ownBase;
    private final Instant asOf;

    /**
     * @param ownBase whether a base URL is this server's own
     * @param asOf the moment that an approximate date is measured from
     */
    ValueReader(Predicate<String> ownBase, Instant asOf) {
        this.ownBase = ownBase;
        this.asOf = asOf;
    }

    /** The element types that a kind compares; empty for a kind that is not supported. */
    static Set<String> elementTypes(SearchKind kind) {
        return switch (kind) {
            case TOKEN -> TokenMatch.TYPES;
            case STRING -> StringMatch.TYPES;
            case DATE -> DateMatch.TYPES;
            case REFERENCE -> ReferenceMatch.TYPES;
            case QUANTITY -> QuantityMatch.TYPES;
            case NUMBER -> NumberMatch.TYPES;
            case URI, COMPOSITE, SPECIAL -> Set.of();
        };
    }

    /**
     * One value as it can be compared.
     *
     * @param text the value with its FHIR escapes, such as {@code a\,b}
     */
    ValueMatch read(SearchParameter parameter, String text) throws Malformed {
        return switch (parameter.kind()) {
            case TOKEN -> TokenMatch.read(parameter, text);
            case STRING -> StringMatch.read(Escapes.unescape(text));
            case DATE -> DateMatch.read(Escapes.unescape(text), asOf);
            case REFERENCE -> ReferenceMatch.read(Escapes.unescape(text), ownBase);
            case QUANTITY -> QuantityMatch.read(text);
            case NUMBER -> NumberMatch.read(Escapes.unescape(text));
            case URI, COMPOSITE, SPECIAL -> throw new IllegalStateException(parameter + " is not supported");
        };
    }
}
