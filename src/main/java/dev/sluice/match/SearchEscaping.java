package dev.sluice.match;

import dev.sluice.match.ValueMatch.InvalidValueException;
import java.util.ArrayList;
import java.util.List;

/**
 * The backslash of FHIR search, which makes one of {@code , | $ \} an ordinary character.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#escaping">escaping</a>
 */
public final class SearchEscaping {
    private static final char ESCAPE = '\\';
    private static final String ESCAPABLE = ",|$\\";

    private SearchEscaping() {}

    /** The parts between the separators that are not escaped; the parts keep their escapes. At least one part. */
    public static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ESCAPE) {
                i++;
            } else if (text.charAt(i) == separator) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** The text that is meant. */
    public static String unescape(String text) throws InvalidValueException {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ESCAPE) {
                i++;
                if (i == text.length() || ESCAPABLE.indexOf(text.charAt(i)) < 0) {
                    throw new InvalidValueException(
                            "has a '\\' that escapes none of , | $ \\; write '\\\\' for a backslash");
                }
                c = text.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
