package dev.sluice.viewexport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.MemoryBudget;
import dev.sluice.web.OperationOutcomes;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code Parameters} resource of a request about views, as it was sent.
 *
 * @param views those that the client names, in their order
 * @param resources the parameters that are resources, by name
 * @param values the simple values of all others, by name
 */
record ViewParameters(
        List<GivenView> views, Map<String, List<ObjectNode>> resources, Map<String, List<String>> values) {
    private static final int MAX_BYTES = 4 << 20;
    private static final int LONGEST_QUOTE = 80;

    /** The parameters that are resources; all others but views have simple values. */
    private static final Set<String> RESOURCES = Set.of("viewResource", "resource");

    /** What a parameter has beside its content. */
    private static final Set<String> BESIDE = Set.of("name", "id", "extension", "modifierExtension");

    /** What any request may have in its URL, which says how the answer is written. */
    private static final Set<String> OF_ANSWER = Set.of("_format", "_pretty");

    private static final List<MediaType> TYPES = List.of(OperationOutcomes.FHIR_JSON, MediaType.APPLICATION_JSON);

    /**
     * One view as it was sent.
     *
     * @param place such as {@code parameter[0]}
     * @param name what the client calls it; null = nothing
     * @param resource the ViewDefinition; null = there is none
     * @param reference to a ViewDefinition; null = there is none
     */
    record GivenView(
            String place,
            @Nullable String name,
            @Nullable ObjectNode resource,
            @Nullable String reference) {}

    /** The parameters of an export that a run of a view reads a part of. */
    ViewParameters asExport(Set<String> kept) {
        Map<String, List<String>> limits = new TreeMap<>(values);
        limits.keySet().retainAll(kept);
        ObjectNode view = resources.getOrDefault("viewResource", List.of()).get(0);
        return new ViewParameters(List.of(new GivenView("The request", "view", view, null)), Map.of(), limits);
    }

    /** Reads the body of a request; throws a problem if it is no Parameters resource. */
    static ViewParameters of(HttpServletRequest request) throws IOException {
        Set<String> inUrl = new TreeSet<>(request.getParameterMap().keySet());
        inUrl.removeAll(OF_ANSWER);
        if (!inUrl.isEmpty()) {
            throw FhirException.invalid("The URL has the parameters " + cut(String.join(", ", inUrl))
                    + ". The parameters of this operation are in the body, a Parameters resource; put them there.");
        }
        if (!isJson(request.getContentType())) {
            throw FhirException.of(
                    415,
                    "not-supported",
                    "The body is a Parameters resource in JSON, of the Content-Type application/fhir+json; the"
                            + " Content-Type is '" + request.getContentType() + "'.");
        }
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw FhirException.of(413, "too-long", "The body is larger than " + MAX_BYTES + " bytes.");
        }
        RequestMemory.of(request).claim().hold(body.length, MemoryBudget.treeBytes(body, 0, body.length));
        ObjectNode parameters = FhirJson.parseObject(body);
        if (!parameters.path("resourceType").asString("").equals("Parameters")) {
            throw FhirException.invalid("The body is a Parameters resource, but this one says resourceType '"
                    + cut(parameters.path("resourceType").asString("")) + "'.");
        }
        return of(parameters.path("parameter"));
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            MediaType type = contentType == null ? MediaType.ALL : MediaType.parseMediaType(contentType);
            return TYPES.stream().anyMatch(type::equalsTypeAndSubtype);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static ViewParameters of(JsonNode list) {
        List<GivenView> views = new ArrayList<>();
        Map<String, List<ObjectNode>> resources = new TreeMap<>();
        Map<String, List<String>> values = new TreeMap<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode parameter = list.path(i);
            String place = "parameter[" + i + "]";
            String name = parameter.path("name").asString("");
            if (name.isBlank()) {
                throw FhirException.invalid(place + " has no name.");
            }
            requireForm(place, name, parameter);
            if (name.equals("view")) {
                views.add(view(place, parameter.path("part")));
            } else if (parameter.path("resource") instanceof ObjectNode resource) {
                resources.computeIfAbsent(name, n -> new ArrayList<>()).add(resource);
            } else {
                values.computeIfAbsent(name, n -> new ArrayList<>()).add(value(place, name, parameter));
            }
        }
        return new ViewParameters(views, resources, values);
    }

    /** A parameter that is left out since it has the wrong form would widen what is read. */
    private static void requireForm(String place, String name, JsonNode parameter) {
        boolean isView = name.equals("view");
        String needed = isView ? "part" : RESOURCES.contains(name) ? "resource" : "value[x]";
        List<String> forms = parameter.propertyNames().stream()
                .filter(property -> !BESIDE.contains(property) && !property.startsWith("_"))
                .toList();
        boolean fits = forms.size() == 1
                && switch (needed) {
                    case "part" -> parameter.path("part").isArray();
                    case "resource" -> parameter.path("resource").isObject();
                    default -> forms.get(0).startsWith("value");
                };
        if (!fits) {
            throw FhirException.invalid(place + ", '" + cut(name) + "', is given as '"
                    + cut(String.join("' and '", forms)) + "'; it needs " + needed
                    + (needed.equals("value[x]") ? ", such as valueString or valueReference." : " and nothing else."));
        }
    }

    private static GivenView view(String place, JsonNode parts) {
        String name = null;
        ObjectNode resource = null;
        String reference = null;
        for (JsonNode part : parts) {
            String kind = part.path("name").asString("");
            requireForm(place, kind, part);
            switch (kind) {
                case "name" -> name = value(place, kind, part);
                case "viewReference" -> reference = value(place, kind, part);
                case "viewResource" -> resource = part.path("resource") instanceof ObjectNode view ? view : null;
                default ->
                    throw FhirException.invalid(place + " has the part '" + cut(kind)
                            + "'; a view has the parts name, viewResource and viewReference.");
            }
        }
        return new GivenView(place, name, resource, reference);
    }

    private static String value(String place, String name, JsonNode parameter) {
        List<JsonNode> found = parameter
                .propertyStream()
                .filter(property -> property.getKey().startsWith("value"))
                .map(property -> property.getKey().equals("valueReference")
                        ? property.getValue().path("reference")
                        : property.getValue())
                .toList();
        boolean simple = found.size() == 1
                && (found.get(0).isString()
                        || found.get(0).isNumber()
                        || found.get(0).isBoolean());
        if (!simple) {
            throw FhirException.invalid(place + ", '" + cut(name)
                    + "', has no single simple value; give it one such as valueString or valueReference.");
        }
        return found.get(0).asString();
    }

    static String cut(String text) {
        return StringUtils.abbreviate(text, LONGEST_QUOTE);
    }
}
