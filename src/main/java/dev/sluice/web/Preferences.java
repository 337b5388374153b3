package dev.sluice.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a client prefers, by its {@code Prefer} headers. A name that the server does not know is ignored. Of two values of
 * one name the first one counts.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7240">RFC 7240, Prefer</a>
 */
public final class Preferences {
    private final Map<String, String> values = new HashMap<>();

    private Preferences(List<String> headers) {
        for (String header : headers) {
            for (String preference : split(header, ',')) {
                add(split(preference, ';').get(0)); // parameters follow the first semicolon
            }
        }
    }

    /** Those of a request. */
    public static Preferences of(HttpServletRequest request) {
        return of(Collections.list(request.getHeaders("Prefer")));
    }

    /** Those of the values of all {@code Prefer} headers of a request, in their order. */
    public static Preferences of(List<String> headers) {
        return new Preferences(headers);
    }

    /** Whether a preference of this name is stated, with any value or none. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whether this preference is stated with this value, in any case. */
    public boolean has(String name, String value) {
        return value.equalsIgnoreCase(values.get(name));
    }

    private void add(String preference) {
        int equals = preference.indexOf('=');
        String name = (equals < 0 ? preference : preference.substring(0, equals)).strip();
        String value =
                equals < 0 ? "" : unquoted(preference.substring(equals + 1).strip());
        values.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
    }

    /** The parts between the separators that stand outside of quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unquoted(String word) {
        return word.length() < 2 || !word.startsWith("\"") || !word.endsWith("\"")
                ? word
                : word.substring(1, word.length() - 1).replaceAll("\\\\(.)", "$1");
    }
}
