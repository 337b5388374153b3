package dev.sluice.fhir;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one JSON set-up: strict, with room for resources of 64 MB, and decimals kept with all their digits.
 *
 * <p>Safe for use by any number of threads.
 */
public final class FhirJson {
    /** The largest resource that Sluice takes, in bytes of UTF-8. */
    public static final int MAX_RESOURCE_BYTES = 64 << 20;

    /** The deepest nesting that Sluice takes. */
    private static final int MAX_DEPTH = 1_000;

    /** Shared by everything that reads or writes JSON trees. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_RESOURCE_BYTES)
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * For what Sluice has stored: it was read by {@link #MAPPER} when it came, so nobody looks for duplicate fields again,
     * which takes half of the time.
     */
    private static final JsonMapper TRUSTING = MAPPER.rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private FhirJson() {}

    /** Reads one JSON object; a 400 problem that says where the text is wrong otherwise. */
    public static ObjectNode parseObject(byte[] json) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw FhirProblem.invalid("The text is not valid JSON: " + e.getOriginalMessage() + at(e));
        }
        throw FhirProblem.invalid("A resource must be one JSON object, in '{' and '}'.");
    }

    /**
     * Some fields of a JSON object that was checked when it was stored; the others are passed over.
     *
     * @param fields the names of the fields to read, at the root of the object
     */
    public static ObjectNode readFields(byte[] json, int offset, int length, Set<String> fields) {
        ObjectNode object = TRUSTING.createObjectNode();
        try (JsonParser parser = TRUSTING.createParser(json, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("A stored resource is a JSON object");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (fields.contains(name)) {
                    object.set(name, parser.<JsonNode>readValueAsTree());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return object;
    }

    /** The OperationOutcome of these issues, in order. */
    public static ObjectNode operationOutcome(List<FhirProblem.Issue> issues) {
        ObjectNode outcome = MAPPER.createObjectNode().put("resourceType", "OperationOutcome");
        ArrayNode list = outcome.putArray("issue");
        for (FhirProblem.Issue issue : issues) {
            list.addObject()
                    .put("severity", issue.severity().name().toLowerCase(Locale.ROOT))
                    .put("code", issue.code())
                    .put("diagnostics", issue.diagnostics());
        }
        return outcome;
    }

    private static String at(JacksonException e) {
        var location = e.getLocation();
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}
