package dev.sluice.match;

import dev.sluice.match.ValueMatch.InvalidValueException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comparison prefix of a number, date or quantity, such as {@code ge}.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#prefix">prefixes</a>
 */
public enum ComparisonPrefix {
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

    /** A value without its prefix. */
    record Prefixed(ComparisonPrefix prefix, String rest) {}

    private static final Pattern FORM = Pattern.compile("(\\p{L}+)(.*)");

    /** Takes the prefix off; a value without one means {@code eq}. */
    static Prefixed split(String value) throws InvalidValueException {
        Matcher form = FORM.matcher(value);
        if (!form.matches()) {
            return new Prefixed(EQ, value);
        }
        String letters = form.group(1);
        for (ComparisonPrefix prefix : values()) {
            if (letters.equals(prefix.name().toLowerCase(Locale.ROOT))) {
                return new Prefixed(prefix, form.group(2));
            }
        }
        if (form.group(2).isEmpty()) {
            return new Prefixed(EQ, value);
        }
        throw new InvalidValueException("has the prefix " + FilterIssues.quote(letters)
                + ", which is none of eq, ne, gt, lt, ge, le, sa, eb and ap");
    }
}
