package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.Signature;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The condition {@code identifier=system|value} on resources of one type, as conditional references and conditional
 * creates have it. The only condition that is supported there.
 *
 * @param system null takes any system; empty asks for no system
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token search</a>
 */
record IdentifierQuery(ResourceType type, @Nullable String system, String value) {
    private static final String NAME = "identifier=";

    /** Reads what stands behind the {@code ?} of a conditional reference, or in {@code If-None-Exist}. */
    static IdentifierQuery parse(ResourceType type, String query) {
        String text = query.startsWith("?") ? query.substring(1) : query;
        if (!text.startsWith(NAME) || text.indexOf('&') >= 0) {
            throw unsupported(type, query);
        }
        return of(type, decode(type, text.substring(NAME.length())));
    }

    /** Reads a token, {@code system|value}, {@code |value} or {@code value}. */
    static IdentifierQuery of(ResourceType type, String token) {
        int bar = token.indexOf('|');
        String value = token.substring(bar + 1);
        if (value.isEmpty() || value.indexOf('|') >= 0 || value.indexOf(',') >= 0) {
            throw unsupported(type, NAME + token);
        }
        return new IdentifierQuery(type, bar < 0 ? null : token.substring(0, bar), value);
    }

    /** The number that the signature of every matching resource holds, and perhaps that of some others. */
    long hash() {
        return Signature.identifier(system, value);
    }

    /** Whether a resource of this type has such an identifier. */
    boolean matches(ObjectNode resource) {
        return Stream.of("identifier", "masterIdentifier")
                .map(resource::path)
                .flatMap(found -> found.isArray() ? found.valueStream() : Stream.of(found))
                .anyMatch(this::matchesIdentifier);
    }

    private boolean matchesIdentifier(JsonNode identifier) {
        return identifier.path("value").asString("").equals(value)
                && (system == null || identifier.path("system").asString("").equals(system));
    }

    private static String decode(ResourceType type, String token) {
        try {
            return URLDecoder.decode(token, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unsupported(type, NAME + token);
        }
    }

    private static FhirProblem unsupported(ResourceType type, String query) {
        return FhirProblem.of(
                400,
                "not-supported",
                "The condition '" + query + "' on " + type
                        + " is not supported; use one identifier=[system]|[value], percent-encoded.");
    }

    @Override
    public String toString() {
        return type + "?" + NAME + (system == null ? "" : system + "|") + value;
    }
}
