package dev.sluice.search;

import java.util.Locale;
import java.util.Set;

/**
 * How a search parameter compares: the search parameter types of R4.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#ptypes">parameter types</a>
 */
public enum SearchKind {
    TOKEN("Coding", "CodeableConcept", "Identifier", "ContactPoint", "code", "boolean", "id", "string", "uri"),
    STRING("string", "markdown", "HumanName", "Address"),
    DATE("date", "dateTime", "instant", "Period", "Timing"),
    REFERENCE("Reference", "canonical", "uri", R4Structure.RESOURCE),
    QUANTITY("Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration", "Money", "Range"),
    NUMBER("integer", "positiveInt", "unsignedInt", "decimal", "Range"),
    URI("uri", "url", "canonical", "oid", "uuid"),
    COMPOSITE,
    SPECIAL;

    private final Set<String> elementTypes;

    SearchKind(String... elementTypes) {
        this.elementTypes = Set.of(elementTypes);
    }

    /** The code that a CapabilityStatement uses, such as {@code token}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The element types that it compares; empty if it compares otherwise, or not at all. */
    public Set<String> elementTypes() {
        return elementTypes;
    }
}
