package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * A transaction or batch as it was sent. Its resources are cut out of the text, byte for byte.
 *
 * @param atomic whether all entries are to succeed, or none
 */
record BundleRequest(boolean atomic, List<BundleEntry> entries) {

    /** Reads a Bundle; a 400 problem that says what is wrong with it otherwise. */
    static BundleRequest parse(byte[] json) {
        Utf8.check(json, 0, json.length);
        Reader reader = new Reader(json);
        try (JsonParser parser = FhirJson.MAPPER.createParser(json)) {
            reader.bundle(parser);
            if (parser.nextToken() != null) {
                throw FhirProblem.invalid("There is more text behind the end of the Bundle.");
            }
        } catch (JacksonException e) {
            throw ResourceJson.notJson(e);
        }
        return reader.request();
    }

    /** Goes through the text once. */
    private static final class Reader {
        private final byte[] json;
        private final List<BundleEntry> entries = new ArrayList<>();
        private @Nullable String resourceType;
        private @Nullable String bundleType;

        Reader(byte[] json) {
            this.json = json;
        }

        BundleRequest request() {
            if (!"Bundle".equals(resourceType)) {
                throw FhirProblem.invalid("POST to the base takes a Bundle, but 'resourceType' is '" + resourceType
                        + "'; send a single resource to [base]/" + (resourceType == null ? "[type]" : resourceType)
                        + ".");
            }
            boolean atomic = "transaction".equals(bundleType);
            if (!atomic && !"batch".equals(bundleType)) {
                throw FhirProblem.invalid(
                        "The Bundle's type is '" + bundleType + "'; it must be 'transaction' or 'batch'.");
            }
            return new BundleRequest(atomic, entries);
        }

        void bundle(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw FhirProblem.invalid("A Bundle must be one JSON object, in '{' and '}'.");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("resourceType")) {
                    resourceType = parser.getString();
                } else if (name.equals("type")) {
                    bundleType = parser.getString();
                } else if (name.equals("entry") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        entries.add(entry(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private BundleEntry entry(JsonParser parser) {
            int index = entries.size();
            String fullUrl = null;
            byte[] resource = null;
            JsonNode request = null;
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw FhirProblem.invalid("Bundle.entry[" + index + "] must be a JSON object, in '{' and '}'.");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "fullUrl" -> fullUrl = parser.getString();
                    case "resource" -> resource = value(parser);
                    case "request" -> request = parser.readValueAsTree();
                    default -> parser.skipChildren();
                }
            }
            return new BundleEntry(index, fullUrl, request, resource);
        }

        private byte[] value(JsonParser parser) {
            int from = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            parser.finishToken();
            return Arrays.copyOfRange(json, from, (int) parser.currentLocation().getByteOffset());
        }
    }
}
