package dev.sluice.match;

import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A URI: the same characters, one that starts with them ({@code :below}), or one that they start with ({@code :above}).
 * A canonical URL without a version means any version.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#uri">uri</a>
 */
record UriMatch(String uri, Way way) implements ValueMatch {
    enum Way {
        SAME,
        BELOW,
        ABOVE
    }

    static UriMatch read(String text, Way way) throws InvalidValueException {
        if (way != Way.SAME && text.startsWith("urn:")) {
            throw new InvalidValueException("is a URN, but :above and :below are for URLs");
        }
        return new UriMatch(text, way);
    }

    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        return way == Way.ABOVE ? null : uri;
    }

    @Override
    public @Nullable String key(SearchParameter parameter) {
        return way == Way.SAME ? uri : null;
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        String actual = JsonText.of(element);
        if (actual == null || actual.isEmpty()) {
            return false;
        }
        return switch (way) {
            case SAME -> actual.equals(uri) || (type.name().equals("canonical") && isVersionOf(actual, uri));
            case BELOW -> actual.startsWith(uri);
            case ABOVE -> isAbove(actual);
        };
    }

    /** Whether a canonical URL is the given one with any version behind it. */
    static boolean isVersionOf(String actual, String canonical) {
        return actual.length() > canonical.length()
                && actual.charAt(canonical.length()) == '|'
                && actual.startsWith(canonical);
    }

    /** As R4 lists them: {@code http://a/b/c} is below {@code http://a/b/}, {@code http://a/b} and {@code http://a/}. */
    private boolean isAbove(String actual) {
        return uri.startsWith(actual)
                && (uri.length() == actual.length() || actual.endsWith("/") || uri.charAt(actual.length()) == '/');
    }
}
