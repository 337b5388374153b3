package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leaves of a resource the elements that were asked for, byte for byte as they are stored, and marks it as incomplete.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#elements">R4 search, _elements</a>
 */
final class Elements {
    private static final String SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    private static final String SUBSETTED = "SUBSETTED";

    private final Set<String> staying;

    /** @param staying names of the properties that stay; {@code meta} is one of them */
    Elements(Set<String> staying) {
        this.staying = staying;
    }

    /** What is left of a stored line, without its newline. */
    byte[] of(byte[] buffer, int offset, int length) {
        ByteArrayOutputStream left = new ByteArrayOutputStream(length);
        try (JsonParser json = FhirJson.MAPPER.createParser(buffer, offset, length)) {
            json.nextToken();
            json.nextToken();
            while (json.currentToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                int start = position(json);
                json.nextToken();
                json.skipChildren();
                json.nextToken();
                // A stored line has no white space between tokens: a comma, or nothing, comes before the next one.
                int end = position(json) - (json.currentToken() == JsonToken.PROPERTY_NAME ? 1 : 0);
                if (staying.contains(name)) {
                    left.write(left.size() == 0 ? '{' : ',');
                    property(name, buffer, offset + start, end - start, left);
                }
            }
        }
        left.write('}');
        return left.toByteArray();
    }

    private static void property(String name, byte[] buffer, int start, int length, ByteArrayOutputStream left) {
        if (!name.equals("meta")) {
            left.write(buffer, start, length);
            return;
        }
        int key = "\"meta\":".length();
        ObjectNode meta = (ObjectNode) FhirJson.MAPPER.readTree(buffer, start + key, length - key);
        mark(meta);
        left.writeBytes(("\"meta\":" + meta).getBytes(StandardCharsets.UTF_8));
    }

    private static void mark(ObjectNode meta) {
        ArrayNode tags = meta.withArray("tag");
        if (tags.valueStream().noneMatch(tag -> tag.path("code").asString("").equals(SUBSETTED))) {
            tags.addObject().put("system", SYSTEM).put("code", SUBSETTED);
        }
    }

    private static int position(JsonParser json) {
        return (int) json.currentTokenLocation().getByteOffset();
    }
}
