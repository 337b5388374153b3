package dev.sluice.search;

import java.util.Locale;
import java.util.Optional;

/**
 * How a number, date or quantity in a resource must lie to the value that is searched for.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#prefix">prefixes</a>
 */
enum Prefix {
    EQ,
    NE,
    GT,
    LT,
    GE,
    LE,
    SA,
    EB,
    AP;

    /** Ends the sentence that tells what a value may be. */
    static final String ADVICE = ", alone or after one of eq, ne, gt, lt, ge, le, sa, eb and ap";

    private static final int LENGTH = 2;

    /** A value without its prefix. */
    record Prefixed(Prefix prefix, String rest) {}

    /** Takes the prefix off; a value without one means {@code eq}. Empty if it starts with letters that are none. */
    static Optional<Prefixed> split(String value) {
        if (value.isEmpty() || !Character.isLetter(value.charAt(0))) {
            return Optional.of(new Prefixed(EQ, value));
        }
        for (Prefix prefix : values()) {
            if (value.startsWith(prefix.name().toLowerCase(Locale.ROOT))) {
                return Optional.of(new Prefixed(prefix, value.substring(LENGTH)));
            }
        }
        return Optional.empty();
    }
}
