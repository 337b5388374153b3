package dev.sluice.console;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriUtils;

/**
 * A request to the HTTP API of this server.
 *
 * @param path below the FHIR base, encoded, such as {@code /Patient/$export}
 * @param parameters of the query
 * @param headers by name
 * @param body empty if there is none
 */
record ApiCall(
        String method,
        String path,
        MultiValueMap<String, String> parameters,
        Map<String, String> headers,
        byte[] body) {
    private static final String FHIR_JSON = "application/fhir+json";

    static ApiCall get(String path) {
        return of("GET", path);
    }

    static ApiCall of(String method, String path) {
        return new ApiCall(
                method, path, new LinkedMultiValueMap<>(), Map.of(HttpHeaders.ACCEPT, FHIR_JSON), new byte[0]);
    }

    ApiCall with(MultiValueMap<String, String> given) {
        return new ApiCall(method, path, given, headers, body);
    }

    ApiCall header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ApiCall(method, path, parameters, more, body);
    }

    /** With a body of JSON. */
    ApiCall json(String text) {
        ApiCall typed = header(HttpHeaders.CONTENT_TYPE, FHIR_JSON);
        return new ApiCall(method, path, parameters, typed.headers, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The query without the question mark; null if there are no parameters. */
    @Nullable
    String query() {
        if (parameters.isEmpty()) {
            return null;
        }
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, values) -> values.forEach(value -> query.append(query.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value))));
        return query.toString();
    }

    /** The URL as a client would call it. */
    String url(String base) {
        String query = query();
        return base + path + (query == null ? "" : "?" + query);
    }

    /** The same call as a command of curl. */
    String curl(String base) {
        StringBuilder command = new StringBuilder("curl -i ");
        if (!method.equals("GET")) {
            command.append("-X ").append(method).append(' ');
        }
        command.append(quoted(url(base)));
        headers.forEach((name, value) -> command.append(" \\\n  -H ").append(quoted(name + ": " + value)));
        if (body.length > 0) {
            command.append(" \\\n  --data-binary ").append(quoted(new String(body, StandardCharsets.UTF_8)));
        }
        return command.toString();
    }

    /** Whatever a shell would take for more than text is inside of single quotes. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Commas, colons and slashes mean nothing in a query, and are easier to read as they are. */
    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8)
                .replace("%2C", ",")
                .replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%3D", "=")
                .replace("%3F", "?");
    }
}
