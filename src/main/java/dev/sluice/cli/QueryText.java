package dev.sluice.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the query of a URL. */
final class QueryText {
    private QueryText() {}

    /** A parameter in the form that it has in a URL; none if there is no value. */
    static List<String> parameter(String name, @Nullable String value) {
        return value == null || value.isEmpty() ? List.of() : List.of(encoded(name) + "=" + encoded(value));
    }

    /** The query with its question mark; empty without parameters. */
    static String of(List<String> parameters) {
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
