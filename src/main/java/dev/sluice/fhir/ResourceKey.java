package dev.sluice.fhir;

import java.util.regex.Pattern;

/**
 * Names one resource: its type and its logical id, written {@code Type/id}.
 *
 * @param type the resource type
 * @param id the logical id: 1 to 64 letters, digits, {@code -} or {@code .}
 * @see <a href="https://hl7.org/fhir/R4/datatypes.html#id">the id type</a>
 */
public record ResourceKey(ResourceType type, String id) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9\\-.]{1,64}");

    public ResourceKey {
        if (!isId(id)) {
            throw FhirProblem.invalid("'" + abbreviate(id)
                    + "' is not a FHIR id: use 1 to 64 of the characters A-Z, a-z, 0-9, '-' and '.'.");
        }
    }

    /** Whether a text is a valid logical id. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    @Override
    public String toString() {
        return type + "/" + id;
    }
}
