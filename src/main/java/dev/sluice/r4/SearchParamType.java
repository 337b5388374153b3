package dev.sluice.r4;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The search parameter types of R4, which decide how values are compared.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#ptypes">parameter types</a>
 */
public enum SearchParamType {
    TOKEN,
    STRING,
    DATE,
    REFERENCE,
    QUANTITY,
    NUMBER,
    URI,
    COMPOSITE,
    SPECIAL;

    private static final Map<SearchParamType, Set<String>> ELEMENT_TYPES = Map.of(
            TOKEN,
            Set.of("Coding", "CodeableConcept", "Identifier", "ContactPoint", "code", "boolean", "id", "string", "uri"),
            STRING,
            Set.of("string", "markdown", "HumanName", "Address"),
            DATE,
            Set.of("date", "dateTime", "instant", "Period", "Timing"),
            REFERENCE,
            Set.of("Reference", "canonical", "uri", R4Structure.RESOURCE),
            QUANTITY,
            Set.of(
                    "Quantity",
                    "SimpleQuantity",
                    "MoneyQuantity",
                    "Age",
                    "Count",
                    "Distance",
                    "Duration",
                    "Money",
                    "Range"),
            NUMBER,
            Set.of("integer", "positiveInt", "unsignedInt", "decimal", "Range"),
            URI,
            Set.of("uri", "url", "canonical", "oid", "uuid"));

    /** The code that a CapabilityStatement uses, such as {@code token}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The element types that it compares; empty if it compares otherwise, or not at all. */
    public Set<String> elementTypes() {
        return ELEMENT_TYPES.getOrDefault(this, Set.of());
    }
}
