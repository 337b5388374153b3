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
 * The JSON configuration of Sluice: strict, for resources of up to 64 MB, with decimals that keep all their digits.
 *
 * <p>Safe for use by any number of threads.
 */
public final class FhirJson {
    /** The largest resource that Sluice takes, in bytes of UTF-8. */
    public static final int MAX_RESOURCE_BYTES = 64 << 20;

    /** The deepest nesting that Sluice takes from clients; resources of R4 hardly reach 20. */
    static final int MAX_DEPTH = 500;

    /** The deepest nesting of what is stored, since an earlier build took more than {@link #MAX_DEPTH}. */
    private static final int STORED_DEPTH = 1_000;

    /** Shared by everything that reads or writes JSON trees. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_RESOURCE_BYTES)
                            .maxNestingDepth(STORED_DEPTH)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(
                                    2 * STORED_DEPTH) // a resource that was read must also be writable with an envelope
                            // around it
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * For resources that Sluice has stored: {@link #MAPPER} checked them for duplicate fields when they were received,
     * and this check takes half of the time.
     */
    private static final ObjectReader STORED = MAPPER.rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .readerFor(JsonNode.class);

    private FhirJson() {}

    /** Parses one JSON object from a client; throws a 400 problem with the position of the first error. */
    public static ObjectNode parseObject(byte[] json) {
        try (JsonParser parser = ReceivedJson.parser(json, 0, json.length)) {
            return ReceivedJson.object(parser);
        }
    }

    /** Parses a stored resource. */
    public static ObjectNode stored(byte[] json) {
        return (ObjectNode) stored(json, 0, json.length);
    }

    /** Parses a value that is part of a stored resource, or the whole resource. */
    public static JsonNode stored(byte[] json, int from, int to) {
        return STORED.readTree(json, from, to - from);
    }

    /** The OperationOutcome of these issues, in order. */
    public static ObjectNode operationOutcome(List<FhirException.Issue> issues) {
        ObjectNode outcome = MAPPER.createObjectNode().put("resourceType", "OperationOutcome");
        ArrayNode list = outcome.putArray("issue");
        for (FhirException.Issue issue : issues) {
            list.addObject()
                    .put("severity", issue.severity().name().toLowerCase(Locale.ROOT))
                    .put("code", issue.code())
                    .put("diagnostics", issue.diagnostics());
        }
        return outcome;
    }
}
