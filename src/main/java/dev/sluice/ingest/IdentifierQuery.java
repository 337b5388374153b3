package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.IdentifierHash;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The condition {@code identifier=system|value} on resources of one type, in conditional references and conditional
 * requests. No other condition is supported there.
 *
 * @param system null = any system; empty = identifiers without a system
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token search</a>
 */
record IdentifierQuery(ResourceType type, @Nullable String system, String value) {
    private static final String NAME = "identifier=";

    /**
     * Reads the query of a conditional reference, of {@code If-None-Exist} or of a conditional URL. What may stand before
     * its {@code ?}, as HAPI's client sends it, must name the type.
     */
    static IdentifierQuery parse(ResourceType type, String query) {
        int mark = query.indexOf('?');
        String path = mark < 0 ? "" : query.substring(0, mark);
        String found = "";
        for (String part : query.substring(mark + 1).split("&", -1)) {
            if (part.isEmpty() || part.startsWith("_format=") || part.startsWith("_pretty=")) {
                continue;
            }
            if (!found.isEmpty() || !part.startsWith(NAME)) {
                throw unsupported(type, query);
            }
            found = part;
        }
        if (found.isEmpty() || !(path.isEmpty() || path.equals(type.name()) || path.endsWith("/" + type))) {
            throw unsupported(type, query);
        }
        return of(type, decode(type, found.substring(NAME.length())));
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

    /** The token hash that every matching resource has, and perhaps some others. */
    long hash() {
        return IdentifierHash.identifier(system, value);
    }

    /** The number of the lock that all conditions on this value share, whatever they say of its system. */
    int lock() {
        return (type + "|" + value).hashCode();
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

    /** 412: a condition that must hold for one resource at most holds for several. */
    FhirException several(List<ResourceKey> matches) {
        return FhirException.of(
                412,
                "multiple-matches",
                this + " matches " + matches.size() + " resources: "
                        + matches.stream().map(ResourceKey::toString).collect(Collectors.joining(", "))
                        + ". It must match one; correct their identifiers first.");
    }

    private static FhirException unsupported(ResourceType type, String query) {
        return FhirException.of(
                400,
                "not-supported",
                "The condition '" + query + "' on " + type
                        + " is not supported: 'identifier' is the only search parameter that conditions take, once; use"
                        + " identifier=[system]|[value], percent-encoded.");
    }

    @Override
    public String toString() {
        return type + "?" + NAME + (system == null ? "" : system + "|") + value;
    }
}
