package dev.sluice.filter;

import java.util.function.Predicate;
import org.hl7.fhir.instance.model.api.IBase;

/**
 * A question to a parameter, as a text for Sluice and as a predicate for the oracle.
 *
 * @param modifier with its colon, or empty
 * @param value with its FHIR escapes and percent-encoding
 * @param holds whether an element that HAPI parsed is one that the value means
 */
record Ask(String modifier, String value, Predicate<IBase> holds) {
    static Ask of(String value, Predicate<IBase> holds) {
        return new Ask("", value, holds);
    }

    /** Whether the question asks for resources without such an element. */
    boolean isNegated() {
        return modifier.equals(":not");
    }

    /** A text as a value: what FHIR search and URLs give a meaning to is escaped. */
    static String escaped(String text) {
        return text.replaceAll("[,|$\\\\]", "\\\\$0")
                .replace("%", "%25")
                .replace("&", "%26")
                .replace("?", "%3F")
                .replace("\n", "%0A")
                .replace("\r", "%0D")
                .replace(" ", "%20");
    }
}
