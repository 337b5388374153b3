package dev.sluice.match;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.match.ValueMatch.InvalidValueException;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.SearchParameter;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses the text of one value by the type of its parameter and the modifier.
 *
 * @param ownBase whether a base URL is this server's own
 * @param asOf the time to which approximate dates are compared
 */
public record ValueReader(Predicate<String> ownBase, Instant asOf) {
    /** Parts of a HumanName that R4 has parameters for. */
    private static final Set<String> NAME_PARTS = Set.of("family", "given");

    /**
     * One value as it can be compared.
     *
     * @param text the value with its FHIR escapes, such as {@code a\,b}
     * @param modifier one that the kind takes and that changes the comparison, or null
     */
    public ValueMatch read(SearchParameter parameter, String text, @Nullable Modifier modifier)
            throws InvalidValueException {
        return switch (parameter.kind()) {
            case TOKEN -> token(parameter, text, modifier);
            case STRING -> string(parameter, SearchEscaping.unescape(text), modifier);
            case DATE -> DateMatch.read(SearchEscaping.unescape(text), asOf);
            case REFERENCE ->
                modifier == Modifier.IDENTIFIER
                        ? IdentifierMatch.read(parameter, text)
                        : reference(parameter, SearchEscaping.unescape(text));
            case QUANTITY -> QuantityMatch.read(text);
            case NUMBER -> NumberComparison.read(SearchEscaping.unescape(text));
            case URI -> UriMatch.read(SearchEscaping.unescape(text), way(modifier));
            case COMPOSITE, SPECIAL -> throw new IllegalStateException(parameter + " has no values of its own");
        };
    }

    /**
     * A value that no element can equal is refused: of a type that the parameter does not refer to. A bare id is of
     * the parameter's type if it has only one.
     */
    private ValueMatch reference(SearchParameter parameter, String text) throws InvalidValueException {
        boolean byType = parameter.hasOnly(ReferenceMatch.BY_TYPE);
        if (byType && parameter.targets().size() == 1 && ResourceKey.isId(text)) {
            return ReferenceMatch.read(text, parameter.targets().get(0), ownBase);
        }
        ReferenceMatch match = ReferenceMatch.read(text, ownBase);
        LiteralReference literal = match.literal();
        if (literal != null && byType && !parameter.targets().contains(literal.type())) {
            throw new InvalidValueException(ReferenceMatch.noTarget(parameter, literal.type()));
        }
        return match;
    }

    private static ValueMatch token(SearchParameter parameter, String text, @Nullable Modifier modifier)
            throws InvalidValueException {
        if (modifier == Modifier.TEXT) {
            return TokenTextMatch.read(parameter, SearchEscaping.unescape(text));
        }
        if (modifier == Modifier.BELOW || modifier == Modifier.ABOVE) {
            return MimeMatch.read(text, modifier == Modifier.BELOW);
        }
        return modifier == Modifier.OF_TYPE ? OfTypeMatch.read(parameter, text) : TokenMatch.read(parameter, text);
    }

    private static ValueMatch string(SearchParameter parameter, String text, @Nullable Modifier modifier)
            throws InvalidValueException {
        if (modifier == Modifier.EXACT) {
            return StringMatch.read(text, StringMatch.Way.EXACT);
        }
        if (modifier == Modifier.CONTAINS) {
            return StringMatch.read(text, StringMatch.Way.CONTAINS);
        }
        if (parameter.name().equals(PhoneticMatch.PARAMETER)) {
            return PhoneticMatch.read(text);
        }
        return StringMatch.read(text, isPersonName(parameter) ? StringMatch.Way.WORD : StringMatch.Way.STARTS);
    }

    /** Whether it compares the names of people, or parts of them. */
    private static boolean isPersonName(SearchParameter parameter) {
        return parameter.has("HumanName") || NAME_PARTS.contains(parameter.name());
    }

    private static UriMatch.Way way(@Nullable Modifier modifier) {
        if (modifier == Modifier.BELOW) {
            return UriMatch.Way.BELOW;
        }
        return modifier == Modifier.ABOVE ? UriMatch.Way.ABOVE : UriMatch.Way.SAME;
    }
}
