package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ReceivedJson;
import dev.sluice.ingest.JsonPatch.Operation;
import dev.sluice.json.JsonOffsets;
import dev.sluice.json.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;

/** Parses the operations of a JSON Patch. */
final class JsonPatchReader {
    /** Each operation goes through the document once. */
    private static final int MOST_OPERATIONS = 1_000;

    /** Jackson takes a '~' for itself where RFC 6901 allows none. */
    private static final Pattern LONE_TILDE = Pattern.compile("~(?![01])");

    private JsonPatchReader() {}

    /** Reads a patch; a 400 problem that says what is wrong with it otherwise. */
    static List<Operation> read(byte[] json) {
        Utf8.check(json, 0, json.length);
        try (JsonParser parser = FhirJson.MAPPER.createParser(json)) {
            return operations(parser, json);
        }
    }

    private static List<Operation> operations(JsonParser parser, byte[] json) {
        List<Operation> operations = new ArrayList<>();
        try {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw FhirException.invalid("A JSON Patch must be an array of operations, in '[' and ']'.");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                operations.add(operation(parser, json, operations.size()));
                if (operations.size() > MOST_OPERATIONS) {
                    throw FhirException.invalid("The JSON Patch has more than " + MOST_OPERATIONS
                            + " operations; send the resource as a whole by PUT.");
                }
            }
            if (parser.nextToken() != null) {
                throw FhirException.invalid("There is more text behind the end of the JSON Patch.");
            }
        } catch (JacksonException e) {
            throw ReceivedJson.fault(parser, e);
        }
        return operations;
    }

    private static Operation operation(JsonParser parser, byte[] json, int index) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw malformed(index, "it must be a JSON object, in '{' and '}'");
        }
        String op = null;
        String path = null;
        String from = null;
        byte[] value = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals("value")) {
                JsonOffsets.Span span = JsonOffsets.value(parser);
                value = Arrays.copyOfRange(json, span.from(), span.to());
                continue;
            }
            String text = token == JsonToken.VALUE_STRING ? parser.getString() : null;
            parser.skipChildren();
            switch (name) {
                case "op" -> op = text;
                case "path" -> path = text;
                case "from" -> from = text;
                default -> {
                    // RFC 6902 has other members ignored
                }
            }
        }
        return checked(index, op, path, from, value);
    }

    private static Operation checked(
            int index, @Nullable String op, @Nullable String path, @Nullable String from, byte @Nullable [] value) {
        if (op == null
                || !List.of("add", "remove", "replace", "move", "copy", "test").contains(op)) {
            throw malformed(index, "'op' is " + quoted(op) + "; use add, remove, replace, move, copy or test");
        }
        if (value == null && List.of("add", "replace", "test").contains(op)) {
            throw malformed(index, op + " needs a 'value'");
        }
        boolean moves = List.of("move", "copy").contains(op);
        return new Operation(
                index, op, pointer(index, "path", path), moves ? pointer(index, "from", from) : null, value);
    }

    private static JsonPointer pointer(int index, String name, @Nullable String text) {
        boolean valid = text != null
                && (text.isEmpty() || text.charAt(0) == '/')
                && !LONE_TILDE.matcher(text).find();
        if (text == null || !valid) {
            throw malformed(
                    index, "'" + name + "' is " + quoted(text) + "; it must be a JSON Pointer such as /name/0/family");
        }
        return JsonPointer.compile(text);
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "missing or no string" : "'" + text + "'";
    }

    private static FhirException malformed(int index, String why) {
        return FhirException.invalid("The JSON Patch is malformed: operation " + index + ": " + why + ".");
    }
}
