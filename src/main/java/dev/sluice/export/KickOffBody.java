package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.Suggestions;
import dev.sluice.json.MemoryBudget;
import dev.sluice.web.OperationOutcomes;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the body of a kick-off, a {@code Parameters} resource. Content that is not understood is refused, also with
 * lenient handling, because it may limit the export. An empty body counts as no body, whatever its type.
 */
final class KickOffBody {
    private static final int MAX_BYTES = 1 << 20;

    private static final List<MediaType> TYPES = List.of(OperationOutcomes.FHIR_JSON, MediaType.APPLICATION_JSON);

    private static final Set<String> OF_RESOURCE =
            Set.of("resourceType", "id", "meta", "implicitRules", "language", "parameter");
    private static final Set<String> OF_PARAMETER = Set.of("id", "name", "extension");

    /** The R4 types whose value is one JSON string, number or boolean, and Reference. */
    private static final Set<String> VALUES = Set.of(("valueBoolean valueCanonical valueCode valueDate valueDateTime"
                    + " valueDecimal valueId valueInstant valueInteger valueMarkdown valueOid valuePositiveInt"
                    + " valueReference valueString valueUnsignedInt valueUri valueUrl valueUuid")
            .split(" "));

    private KickOffBody() {}

    /**
     * Passes each parameter to the receiver, by name and value.
     *
     * @throws FhirException if any part of the body is not understood
     */
    static void read(HttpServletRequest request, BiConsumer<String, String> receiver) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length == 0) {
            return;
        }
        if (!request.getMethod().equals("POST")) {
            throw FhirException.invalid("A " + request.getMethod()
                    + " has no body here; write the parameters in the URL, or send a Parameters resource by POST.");
        }
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (!isJson(request.getContentType()) || (encoding != null && !encoding.equalsIgnoreCase("identity"))) {
            throw FhirException.of(
                    415,
                    "not-supported",
                    "The body of a kick-off is a Parameters resource in JSON, of the Content-Type application/fhir+json or"
                            + " application/json, in UTF-8 and not compressed. The Content-Type is '"
                            + (request.getContentType() == null ? "" : request.getContentType()) + "'"
                            + (encoding == null ? "." : ", the Content-Encoding '" + encoding + "'."));
        }
        if (body.length > MAX_BYTES) {
            throw FhirException.of(413, "too-long", "The body is larger than " + MAX_BYTES + " bytes.");
        }
        RequestMemory.of(request).claim().hold(body.length, MemoryBudget.treeBytes(body, 0, body.length));
        for (JsonNode parameter : parameters(FhirJson.parseObject(body))) {
            String name = name(parameter);
            receiver.accept(name, text(name, value(name, parameter)));
        }
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            MediaType type = contentType == null ? MediaType.ALL : MediaType.parseMediaType(contentType);
            boolean utf8 = type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8);
            return utf8 && TYPES.stream().anyMatch(type::equalsTypeAndSubtype);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static JsonNode parameters(ObjectNode resource) {
        String type = resource.path("resourceType").asString("");
        if (!type.equals("Parameters")) {
            throw FhirException.invalid(
                    "The body of a kick-off is a Parameters resource, but this one says resourceType '" + type + "'.");
        }
        requireKnown("Parameters", resource, OF_RESOURCE);
        JsonNode parameters = resource.path("parameter");
        if (!parameters.isArray() && !parameters.isMissingNode()) {
            throw FhirException.invalid(
                    "Parameters.parameter is not an array; write it as [{\"name\":…,\"valueString\":…}].");
        }
        return parameters;
    }

    private static String name(JsonNode parameter) {
        JsonNode name = parameter.path("name");
        if (!name.isString() || name.asString().isBlank()) {
            throw FhirException.invalid("Parameters.parameter " + cut(parameter.toString()) + " has no name.");
        }
        return text("name", name.asString());
    }

    /**
     * The single value of a parameter. Throws a problem if it has parts, a resource, a second value or an unsupported
     * type.
     */
    private static String value(String name, JsonNode parameter) {
        String found = null;
        for (Map.Entry<String, JsonNode> property : parameter.properties()) {
            if (OF_PARAMETER.contains(property.getKey())) {
                continue;
            }
            JsonNode value = property.getKey().equals("valueReference")
                    ? property.getValue().path("reference")
                    : property.getValue();
            boolean simple = value.isString() || value.isNumber() || value.isBoolean();
            if (found != null || !simple || !VALUES.contains(property.getKey())) {
                throw FhirException.invalid("The parameter '" + name + "' has " + property.getKey()
                        + ", which cannot be read; give it one simple value, such as valueString or valueInstant, and"
                        + " repeat the parameter for more.");
            }
            found = value.asString();
        }
        if (found == null) {
            throw FhirException.invalid("The parameter '" + name
                    + "' has no simple value; give it one such as valueString or valueInstant.");
        }
        return found;
    }

    private static String text(String name, String text) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw FhirException.invalid("The parameter '" + cut(name)
                    + "' holds the character NUL or half of a surrogate pair, which no FHIR text can hold.");
        }
        return text;
    }

    private static void requireKnown(String what, JsonNode object, Set<String> known) {
        for (String property : object.propertyNames()) {
            if (!known.contains(property)) {
                throw FhirException.invalid(what + " has no element '" + property + "'; leave it out"
                        + Suggestions.advice(property, known));
            }
        }
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
