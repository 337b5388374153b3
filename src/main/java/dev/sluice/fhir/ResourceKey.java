package dev.sluice.fhir;

import org.apache.commons.lang3.StringUtils;

/**
 * Names one resource: its type and its logical id, written {@code Type/id}.
 *
 * @param type the resource type
 * @param id the logical id: 1 to 64 letters, digits, {@code -} or {@code .}
 * @see <a href="https://hl7.org/fhir/R4/datatypes.html#id">the id type</a>
 */
public record ResourceKey(ResourceType type, String id) {
    private static final int LONGEST_ID = 64;

    public ResourceKey {
        if (!isId(id)) {
            throw FhirException.invalid("'" + StringUtils.abbreviate(id, "…", 81)
                    + "' is not a FHIR id: use 1 to 64 of the characters A-Z, a-z, 0-9, '-' and '.'.");
        }
    }

    /** Whether a text is a valid logical id. */
    public static boolean isId(String text) {
        return isId(text, 0, text.length());
    }

    /** Whether a part of a text is a valid logical id. By scanning, since it is asked of each reference that is read. */
    public static boolean isId(String text, int from, int to) {
        if (to <= from || to - from > LONGEST_ID) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!isIdCharacter(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIdCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
    }

    @Override
    public String toString() {
        return type + "/" + id;
    }
}
