package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ReceivedJson;
import dev.sluice.json.JsonOffsets;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A transaction or batch, as received. Its resources are parts of the received text, byte for byte.
 *
 * @param atomic whether all entries must succeed or none
 */
record BundleRequest(boolean atomic, List<BundleEntry> entries) {

    /** The number of entries whose memory is claimed together. */
    private static final int COUNTED = 1_000;

    /** What an entry and its result take beside their text, at most. */
    private static final long ENTRY_BYTES = 2_048;

    /** Reads a Bundle; a 400 problem that says what is wrong with it otherwise. */
    static BundleRequest parse(byte[] json, MemoryBudget.Claim memory) {
        Utf8.check(json, 0, json.length);
        Reader reader = new Reader(json, memory);
        try (JsonParser parser = ReceivedJson.parts(json)) {
            return read(parser, reader);
        }
    }

    private static BundleRequest read(JsonParser parser, Reader reader) {
        try {
            reader.bundle(parser);
            if (parser.nextToken() != null) {
                throw FhirException.invalid("There is more text behind the end of the Bundle.");
            }
            return reader.request();
        } catch (JacksonException e) {
            throw ReceivedJson.fault(parser, e);
        }
    }

    /** Goes through the text once. */
    private static final class Reader {
        private final byte[] json;
        private final MemoryBudget.Claim memory;
        private final List<BundleEntry> entries = new ArrayList<>();
        private @Nullable String resourceType;
        private @Nullable String bundleType;

        Reader(byte[] json, MemoryBudget.Claim memory) {
            this.json = json;
            this.memory = memory;
        }

        BundleRequest request() {
            if (!"Bundle".equals(resourceType)) {
                throw FhirException.invalid("POST to the base takes a Bundle, but 'resourceType' is '" + resourceType
                        + "'; send a single resource to [base]/" + (resourceType == null ? "[type]" : resourceType)
                        + ".");
            }
            boolean atomic = "transaction".equals(bundleType);
            if (!atomic && !"batch".equals(bundleType)) {
                throw FhirException.invalid(
                        "The Bundle's type is '" + bundleType + "'; it must be 'transaction' or 'batch'.");
            }
            return new BundleRequest(atomic, entries);
        }

        void bundle(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw FhirException.invalid("A Bundle must be one JSON object, in '{' and '}'.");
            }
            Set<String> names = new HashSet<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!names.add(name)) {
                    throw twice("Bundle", name);
                }
                switch (name) {
                    case "resourceType" -> resourceType = text(parser, "Bundle." + name);
                    case "type" -> bundleType = text(parser, "Bundle." + name);
                    case "entry" -> {
                        if (value != JsonToken.START_ARRAY) {
                            throw FhirException.invalid("Bundle.entry must be a JSON array, in '[' and ']'.");
                        }
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            entries.add(entry(parser));
                            if (entries.size() % COUNTED == 0) {
                                memory.add(COUNTED * ENTRY_BYTES);
                            }
                        }
                    }
                    default -> parser.skipChildren();
                }
            }
        }

        /** What is wrong with an entry itself is kept with it: the others have nothing to do with it. */
        private BundleEntry entry(JsonParser parser) {
            int index = entries.size();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return BundleEntry.wrong(
                        index, FhirException.invalid("An entry must be a JSON object, in '{' and '}'."));
            }
            Map<String, byte[]> members = new HashMap<>();
            String twice = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (members.put(name, value(parser)) != null) {
                    twice = name;
                }
            }
            try {
                if (twice != null) {
                    throw twice("The entry", twice);
                }
                return BundleEntry.read(index, members);
            } catch (FhirException e) {
                return BundleEntry.wrong(index, e);
            }
        }

        private static FhirException twice(String what, String name) {
            return FhirException.invalid(what + " has the property '" + name + "' twice.");
        }

        private static String text(JsonParser parser, String path) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw FhirException.invalid(path + " must be a string, in double quotes.");
            }
            return parser.getString();
        }

        private byte[] value(JsonParser parser) {
            JsonOffsets.Span value = JsonOffsets.value(parser);
            return Arrays.copyOfRange(json, value.from(), value.to());
        }
    }
}
