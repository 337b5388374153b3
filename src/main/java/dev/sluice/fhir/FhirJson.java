package dev.sluice.fhir;

import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
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
    static final int MAX_DEPTH = 1_000;

    /** Shared by everything that reads or writes JSON trees. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_RESOURCE_BYTES)
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(2 * MAX_DEPTH) // what is read must be written, with something around it
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
    private static final ObjectReader STORED = MAPPER.rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(JsonNode.class);

    private FhirJson() {}

    /** Reads one JSON object that a client sent; a 400 problem that says where the text is wrong otherwise. */
    public static ObjectNode parseObject(byte[] json) {
        try (JsonParser parser = ReceivedJson.parser(json, 0, json.length)) {
            return ReceivedJson.object(parser);
        }
    }

    /** Reads a stored resource, as large and with such numbers as it was once taken. */
    public static ObjectNode stored(byte[] json) {
        return (ObjectNode) stored(json, 0, json.length);
    }

    /** Reads a value that is part of a stored resource, or all of one. */
    public static JsonNode stored(byte[] json, int from, int to) {
        return STORED.readTree(json, from, to - from);
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
}
