package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.monitor.JobDescription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    private static final String PATIENT = "patient";

    /** The prefix of fields that are in the body of the request. */
    private static final String IN_BODY = "body.";

    /** Whether the form can have what was requested. It has no views. */
    static boolean shows(JobDescription request) {
        return request.operation().equals("$export");
    }

    /**
     * The form for the same export.
     *
     * @throws FhirException 400 if the form cannot have all that was requested
     */
    static ExportForm of(JobDescription request) {
        if (!shows(request)) {
            throw FhirException.of(
                    400, "not-supported", "This form starts no " + request.operation() + "; send the request again.");
        }
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        fields.add(LEVEL, request.level());
        if (request.group() != null) {
            fields.add(GROUP, request.group());
        }
        new TreeMap<>(request.parameters()).forEach((name, values) -> {
            if (!lines(values).equals(values)) { // as a browser and this form read them
                throw FhirException.of(
                        400,
                        "not-supported",
                        "A value of " + name
                                + " has several lines, or begins or ends with a space, which no field of this"
                                + " form can have; send the request again.");
            }
            boolean patients = name.equals(PATIENT);
            fields.put(
                    patients ? IN_BODY + PATIENT : name,
                    patients ? values.stream().map(id -> "Patient/" + id).toList() : values);
        });
        return new ExportForm(fields);
    }

    /** The level: system, patient or group. */
    public String level() {
        String level = fields.getFirst(LEVEL);
        return level == null ? "system" : level;
    }

    /** The values of a field of one line, as its page shows them. */
    public String value(String name) {
        return String.join(",", fields.getOrDefault(name, List.of()));
    }

    /** The values of a field of several lines. */
    public String values(String name) {
        return String.join("\n", fields.getOrDefault(name, List.of()));
    }

    /** Whether a field has this value among others. */
    public boolean has(String name, String value) {
        return listed(fields.getOrDefault(name, List.of())).anyMatch(value::equals);
    }

    /** Whether one of these fields has a value. */
    public boolean hasAny(String... names) {
        return Stream.of(names).anyMatch(fields::containsKey);
    }

    /**
     * The values that no field of the page has, by the names of their parameters. The page sends them too, and shows that it
     * does.
     *
     * @param inputs the fields of the page: the name of one that takes any text, {@code name=value} for each offered value
     */
    public Map<String, List<String>> others(String... inputs) {
        Set<String> known = Set.of(inputs);
        Map<String, List<String>> others = new TreeMap<>();
        fields.forEach((name, values) -> {
            boolean choice = known.stream().anyMatch(input -> input.startsWith(name + "="));
            List<String> rest = choice
                    ? listed(values)
                            .filter(value -> !known.contains(name + "=" + value))
                            .toList()
                    : values;
            if (!known.contains(name) && !rest.isEmpty()) {
                others.put(name, rest);
            }
        });
        return others;
    }

    /** The request that starts the export. */
    ApiCall kickOff() {
        return call("$export").header("Prefer", "respond-async");
    }

    /** The request that estimates it. */
    ApiCall estimate() {
        return call("$export-estimate");
    }

    private ApiCall call(String operation) {
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        ObjectNode body = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode inBody = body.putArray("parameter");
        fields.forEach((name, values) -> {
            List<String> lines = lines(values);
            if (name.startsWith(IN_BODY)) {
                lines.forEach(value -> inBody.addObject()
                        .put("name", name.substring(IN_BODY.length()))
                        .putObject("valueReference")
                        .put("reference", value));
            } else if (!name.equals(LEVEL) && !name.equals(GROUP) && !lines.isEmpty()) {
                parameters.put(name, lines);
            }
        });
        String path = path() + "/" + operation;
        return inBody.isEmpty()
                ? ApiCall.get(path).with(parameters)
                : ApiCall.of("POST", path).with(parameters).json(body.toString());
    }

    private String path() {
        return switch (level()) {
            case "patient" -> "/Patient";
            case GROUP -> "/Group/" + UriUtils.encodePathSegment(value(GROUP), StandardCharsets.UTF_8);
            default -> "";
        };
    }

    private static Stream<String> listed(List<String> values) {
        return values.stream().flatMap(value -> Stream.of(value.split(",")));
    }

    private static List<String> lines(List<String> values) {
        return values.stream()
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
