package dev.sluice.ingest;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.StrictErrorHandler;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks that every element of a resource is one that R4 defines, with a value of its type. Profiles, terminology and
 * invariants are not looked at, nor what is in large attachments. Safe for use by any number of threads.
 */
@Component
class StrictParser {
    private static final StrictErrorHandler STRICT = new StrictErrorHandler();

    /** The members whose values may be base64; HAPI would hold such a value several times over. */
    private static final Set<String> BINARY = Set.of("data", "valueBase64Binary");

    /** In characters; a multiple of four keeps base64 what it is. */
    private static final int CHECKED = 1 << 16;

    private final FhirContext context = FhirContext.forR4Cached();

    /** Returns if the resource has the structure that R4 gives its type; a 400 problem that names the element otherwise. */
    void check(ResourceJson json) {
        String text = FhirJson.MAPPER.writeValueAsString(shortened(json.tree()));
        try {
            context.newJsonParser().setParserErrorHandler(STRICT).parseResource(text);
        } catch (DataFormatException | IllegalArgumentException e) {
            throw FhirProblem.invalid("This is no " + json.type() + " of FHIR R4: " + e.getMessage());
        }
    }

    private static JsonNode shortened(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                JsonNode value = member.getValue();
                boolean cut = value.isString()
                        && BINARY.contains(member.getKey())
                        && value.stringValue().length() > CHECKED;
                copy.set(
                        member.getKey(),
                        cut ? copy.stringNode(value.stringValue().substring(0, CHECKED)) : shortened(value));
            }
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(item -> copy.add(shortened(item)));
            return copy;
        }
        return node;
    }
}
