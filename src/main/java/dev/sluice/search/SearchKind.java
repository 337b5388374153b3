package dev.sluice.search;

import java.util.Locale;

/**
 * How a search parameter compares: the search parameter types of R4.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#ptypes">parameter types</a>
 */
public enum SearchKind {
    TOKEN,
    STRING,
    DATE,
    REFERENCE,
    QUANTITY,
    NUMBER,
    URI,
    COMPOSITE,
    SPECIAL;

    /** The code that a CapabilityStatement uses, such as {@code token}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
