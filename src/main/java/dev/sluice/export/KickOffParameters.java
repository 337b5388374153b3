package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters of a kick-off as they came, by name: from the URL, from a {@code Parameters} body, or both. Repeats and
 * comma lists are equal where a list is allowed.
 */
final class KickOffParameters {
    /** The largest body of a kick-off. */
    static final int MAX_BYTES = 1 << 20;

    private static final List<MediaType> BODY =
            List.of(MediaType.parseMediaType("application/fhir+json"), MediaType.APPLICATION_JSON);

    private final Map<String, List<String>> values = new TreeMap<>();
    private final Set<String> inUrl = new HashSet<>();

    /** The parameters of a URL, percent-decoded. */
    static KickOffParameters ofQuery(Map<String, String[]> query) {
        KickOffParameters parameters = new KickOffParameters();
        query.forEach((name, given) -> parameters.values.put(name, new ArrayList<>(List.of(given))));
        parameters.inUrl.addAll(query.keySet());
        return parameters;
    }

    /** Adds those of a {@code Parameters} resource, if there is a body; a problem if it is anything else. */
    void andBody(byte[] body, @Nullable MediaType type) {
        if (body.length == 0) {
            return;
        }
        if (type == null || BODY.stream().noneMatch(type::equalsTypeAndSubtype)) {
            throw FhirProblem.of(
                    415,
                    "not-supported",
                    "The Content-Type of a kick-off's body is application/fhir+json or application/json, not '"
                            + (type == null ? "" : type) + "'.");
        }
        if (body.length > MAX_BYTES) {
            throw FhirProblem.of(413, "too-long", "The body is larger than " + MAX_BYTES + " bytes.");
        }
        ObjectNode resource = FhirJson.parseObject(body);
        if (!"Parameters".equals(resource.path("resourceType").asString(""))) {
            throw FhirProblem.invalid("The body of a kick-off is a Parameters resource, but this one says"
                    + " resourceType '" + resource.path("resourceType").asString("") + "'.");
        }
        for (JsonNode parameter : resource.path("parameter")) {
            String name = parameter.path("name").asString("");
            String value = value(parameter)
                    .orElseThrow(() -> FhirProblem.invalid("The parameter '" + name
                            + "' has no simple value; give it one such as valueString or valueInstant."));
            values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
    }

    Set<String> names() {
        return values.keySet();
    }

    /** Whether a parameter of this name stands in the URL. */
    boolean isInUrl(String name) {
        return inUrl.contains(name);
    }

    /** Every value of these names, as it came. */
    List<String> all(String... names) {
        return Stream.of(names)
                .flatMap(name -> values.getOrDefault(name, List.of()).stream())
                .toList();
    }

    /** Every element of the comma lists of a name, trimmed, without repeats. */
    List<String> list(String name) {
        return all(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .distinct()
                .toList();
    }

    private static Optional<String> value(JsonNode parameter) {
        for (Map.Entry<String, JsonNode> property : parameter.properties()) {
            if (property.getKey().equals("valueReference")) {
                return Optional.of(property.getValue().path("reference").asString(""));
            }
            if (property.getKey().startsWith("value") && property.getValue().isValueNode()) {
                return Optional.of(property.getValue().asString());
            }
        }
        return Optional.empty();
    }
}
