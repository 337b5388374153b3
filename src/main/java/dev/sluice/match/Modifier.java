package dev.sluice.match;

import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A modifier, which follows the colon of a parameter and changes the comparison. It may also be a resource type.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#modifiers">modifiers</a>
 */
public enum Modifier {
    MISSING(Set.of(
            SearchParamType.TOKEN,
            SearchParamType.STRING,
            SearchParamType.DATE,
            SearchParamType.REFERENCE,
            SearchParamType.QUANTITY,
            SearchParamType.NUMBER,
            SearchParamType.URI)),
    EXACT(Set.of(SearchParamType.STRING)),
    CONTAINS(Set.of(SearchParamType.STRING)),
    NOT(Set.of(SearchParamType.TOKEN)),
    TEXT(Set.of(SearchParamType.TOKEN)),
    OF_TYPE(Set.of(SearchParamType.TOKEN)),
    IDENTIFIER(Set.of(SearchParamType.REFERENCE)),
    ABOVE(Set.of(SearchParamType.URI)),
    BELOW(Set.of(SearchParamType.URI)),
    IN(Set.of()),
    NOT_IN(Set.of());

    private static final Set<Modifier> BY_CODE_SYSTEM = Set.of(ABOVE, BELOW, IN, NOT_IN);
    private static final Set<Modifier> BY_HIERARCHY = Set.of(ABOVE, BELOW);

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable.
    private final Set<SearchParamType> kinds;

    Modifier(Set<SearchParamType> kinds) {
        this.kinds = kinds;
    }

    /** As a query writes it, such as {@code of-type}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Modifier> find(String code) {
        return Arrays.stream(values()).filter(m -> m.code().equals(code)).findFirst();
    }

    /** Those that a kind takes, by their codes. */
    public static List<String> of(SearchParamType kind) {
        return Arrays.stream(values())
                .filter(m -> m.kinds.contains(kind))
                .map(Modifier::code)
                .toList();
    }

    /** Those that a kind takes, as the end of a sentence. */
    static String advice(SearchParamType kind) {
        String codes = of(kind).stream().map(code -> ":" + code).collect(Collectors.joining(", "));
        if (kind == SearchParamType.REFERENCE) {
            return codes + " and a resource type";
        }
        return codes.isEmpty() ? "none" : codes;
    }

    /** Why a parameter does not take it, as the second half of a sentence; empty if it does. */
    public Optional<String> refusal(SearchParameter parameter) {
        SearchParamType kind = parameter.kind();
        if (kinds.contains(kind) || (BY_HIERARCHY.contains(this) && MimeMatch.isMime(parameter))) {
            return Optional.empty();
        }
        if (kind == SearchParamType.TOKEN && BY_CODE_SYSTEM.contains(this)) {
            return Optional.of("it needs a terminology service, and Sluice has none; list the codes between commas");
        }
        if (kind == SearchParamType.REFERENCE && BY_HIERARCHY.contains(this)) {
            return Optional.of(
                    "it would follow a hierarchy of resources to any depth; list the references between commas");
        }
        return Optional.of(kind.code() + " parameters take " + advice(kind));
    }
}
