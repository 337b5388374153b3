package dev.sluice.console;

import dev.sluice.fhir.FhirJson;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of the form for an export. The page names each field as the parameter of the API. A field with several lines
 * is a parameter that is given several times. References to patients are in the body of the request, so that no log has
 * them.
 */
record ExportForm(MultiValueMap<String, String> fields) {
    private static final String LEVEL = "level";
    private static final String GROUP = "group";

    /** The prefix of fields that are in the body of the request. */
    private static final String IN_BODY = "body.";

    /** The level: system, patient or group. */
    public String level() {
        String level = fields.getFirst(LEVEL);
        return level == null ? "system" : level;
    }

    /** The value of a field, as its page shows it. */
    public String value(String name) {
        return String.join("\n", fields.getOrDefault(name, List.of()));
    }

    /** Whether a field has this value among others. */
    public boolean has(String name, String value) {
        return fields.getOrDefault(name, List.of()).stream()
                .flatMap(given -> Stream.of(given.split(",")))
                .anyMatch(value::equals);
    }

    /** Whether one of these fields has a value. */
    public boolean hasAny(String... names) {
        return Stream.of(names).anyMatch(fields::containsKey);
    }

    /** The request that starts the export. */
    ApiCall kickOff() {
        ApiCall call = call("$export").header("Prefer", "respond-async");
        ArrayNode parameters = FhirJson.MAPPER.createArrayNode();
        fields.forEach((name, values) -> {
            if (name.startsWith(IN_BODY)) {
                lines(values)
                        .forEach(value -> parameters
                                .addObject()
                                .put("name", name.substring(IN_BODY.length()))
                                .putObject("valueReference")
                                .put("reference", value));
            }
        });
        if (parameters.isEmpty()) {
            return call;
        }
        ObjectNode body = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        body.set("parameter", parameters);
        return new ApiCall("POST", call.path(), call.parameters(), call.headers(), new byte[0]).json(body.toString());
    }

    /** The request that estimates it. It is a GET, so it has the patients in the URL, which nobody sees. */
    ApiCall estimate() {
        ApiCall call = call("$export-estimate");
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>(call.parameters());
        fields.forEach((name, values) -> {
            if (name.startsWith(IN_BODY)) {
                parameters.put(name.substring(IN_BODY.length()), lines(values));
            }
        });
        return call.with(parameters);
    }

    private ApiCall call(String operation) {
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        fields.forEach((name, values) -> {
            if (!name.equals(LEVEL) && !name.equals(GROUP) && !name.startsWith(IN_BODY)) {
                List<String> lines = lines(values);
                if (!lines.isEmpty()) {
                    parameters.put(name, lines);
                }
            }
        });
        return ApiCall.get(path() + "/" + operation).with(parameters);
    }

    private String path() {
        return switch (level()) {
            case "patient" -> "/Patient";
            case GROUP -> "/Group/" + UriUtils.encodePathSegment(value(GROUP), java.nio.charset.StandardCharsets.UTF_8);
            default -> "";
        };
    }

    private static List<String> lines(List<String> values) {
        return values.stream()
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
