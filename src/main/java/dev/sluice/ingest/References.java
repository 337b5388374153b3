package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Rewrites the references of a resource where they stand in its text. */
final class References {
    private References() {}

    /**
     * The text with each value of a {@code reference} put through this function, and every other value as it was.
     *
     * @param json a valid resource
     */
    static byte[] rewrite(byte[] json, UnaryOperator<String> target) {
        Splicer text = Splicer.of(json, 0, json.length);
        try (JsonParser parser = FhirJson.MAPPER.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "reference".equals(parser.currentName())) {
                    String reference = parser.getString();
                    String changed = target.apply(reference);
                    if (!changed.equals(reference)) {
                        text.copyTo((int) parser.currentTokenLocation().getByteOffset())
                                .put('"' + changed + '"')
                                .skipTo((int) parser.currentLocation().getByteOffset());
                    }
                }
            }
        }
        ByteBuffer rewritten = text.finish();
        byte[] bytes = new byte[rewritten.remaining()];
        rewritten.get(bytes);
        return bytes;
    }
}
