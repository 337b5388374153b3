package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.match.ValueMatch.InvalidValueException;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A MIME type with {@code :below} or {@code :above}: {@code image} is above {@code image/png}, and {@code text/plain} above
 * {@code text/plain; charset=utf-8}. A type is below and above itself. Compared without regard to case and blanks.
 *
 * @param mime the value in its compared form, without a {@code *} at its end
 * @param below whether the elements are below the value, and not above it
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token</a>
 */
record MimeMatch(String mime, boolean below) implements ValueMatch {
    /** The token parameters whose elements R4 binds to MIME types. */
    static final Set<String> PARAMETERS =
            Set.of("CapabilityStatement?format", "DocumentReference?contenttype", "Library?content-type");

    private static final String SYSTEM = "urn:ietf:bcp:13";

    static boolean isMime(SearchParameter parameter) {
        return PARAMETERS.contains(parameter.toString());
    }

    static MimeMatch read(String text, boolean below) throws InvalidValueException {
        List<String> parts = SearchEscaping.split(text, '|');
        String mime = normal(SearchEscaping.unescape(parts.get(parts.size() - 1)));
        String system = parts.size() == 1 ? SYSTEM : SearchEscaping.unescape(parts.get(0));
        if (parts.size() > 2 || !system.equals(SYSTEM) || mime.isEmpty()) {
            throw new InvalidValueException(
                    "is no MIME type; write one such as image, image/png or text/plain;charset=utf-8");
        }
        return new MimeMatch(mime, below);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        String text = JsonText.of(element);
        if (text == null) {
            return false;
        }
        String actual = normal(text);
        return below ? isAbove(mime, actual) : isAbove(actual, mime);
    }

    /** Whether the first type is the second one, or the second one without its subtype or its parameters. */
    private static boolean isAbove(String general, String special) {
        if (!special.startsWith(general) || general.isEmpty()) {
            return false;
        }
        char end = general.indexOf('/') < 0 ? '/' : ';';
        return special.length() == general.length() || special.charAt(general.length()) == end;
    }

    private static String normal(String text) {
        String compact = text.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
        return compact.replaceFirst("/\\*?$", "");
    }
}
