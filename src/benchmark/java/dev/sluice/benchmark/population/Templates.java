package dev.sluice.benchmark.population;

import dev.sluice.fhir.FhirJson;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fills the templates of templates.json with values.
 *
 * <p>A text {@code $name} stands for a value; without that value the object around it is left out. {@code ?name} leaves
 * out itself alone. What is empty then is left out as well, since FHIR has no empty objects and arrays.
 */
final class Templates {
    static final String SNOMED = "http://snomed.info/sct";
    static final String LOINC = "http://loinc.org";
    static final String RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
    static final String CVX = "http://hl7.org/fhir/sid/cvx";

    private static final JsonNode TEMPLATES = FhirJson.MAPPER.readTree(CsvTable.read("templates.json"));

    private final Map<String, ?> values;

    private Templates(Map<String, ?> values) {
        this.values = values;
    }

    /** The template of this name with these values: text, numbers, JSON, lists and optionals of them; empty is absent. */
    static ObjectNode fill(String name, Map<String, ?> values) {
        return (ObjectNode) new Templates(values).filled(TEMPLATES.path(name)).orElseThrow();
    }

    static ObjectNode resource(String type, String id, Map<String, ?> values) {
        ObjectNode resource = FhirJson.MAPPER.createObjectNode();
        return resource.put("resourceType", type).put("id", id).setAll(fill(type, values));
    }

    static ObjectNode concept(String system, String code, String display) {
        return fill("CodeableConcept", Map.of("system", system, "code", code, "display", display));
    }

    private Optional<JsonNode> filled(JsonNode template) {
        if (template instanceof ObjectNode object) {
            return filledObject(object);
        }
        if (template instanceof ArrayNode array) {
            ArrayNode filled = FhirJson.MAPPER.createArrayNode();
            array.forEach(item -> filled(item).ifPresent(filled::add));
            return present(filled);
        }
        return isSlot(template) ? value(template) : Optional.of(template);
    }

    private Optional<JsonNode> filledObject(ObjectNode template) {
        ObjectNode filled = FhirJson.MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> property : template.properties()) {
            Optional<JsonNode> value = filled(property.getValue());
            if (value.isEmpty() && property.getValue().asString("").startsWith("$")) {
                return Optional.empty();
            }
            value.ifPresent(node -> filled.set(property.getKey(), node));
        }
        return present(filled);
    }

    private static boolean isSlot(JsonNode template) {
        return template.asString("").startsWith("$") || template.asString("").startsWith("?");
    }

    private Optional<JsonNode> value(JsonNode slot) {
        Object value = values.get(slot.asString().substring(1));
        if (value instanceof Optional<?> optional) {
            value = optional.isPresent() ? optional.get() : null;
        }
        if (value instanceof JsonNode json) {
            return present(json.deepCopy());
        }
        return value == null || value.equals("") ? Optional.empty() : present(FhirJson.MAPPER.valueToTree(value));
    }

    private static Optional<JsonNode> present(JsonNode node) {
        return node.isContainer() && node.isEmpty() ? Optional.empty() : Optional.of(node);
    }
}
