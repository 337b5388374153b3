package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ReceivedJson;
import dev.sluice.json.JsonContainer;
import dev.sluice.json.JsonContainer.Child;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.apache.commons.lang3.ArrayUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Applies a JSON Patch to the text of a document. Unchanged parts keep their bytes, and new values are inserted as they
 * were written. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902</a>
 */
final class JsonPatch {
    static final String MEDIA_TYPE = "application/json-patch+json";

    private static final Set<String> BRINGING = Set.of("add", "replace");

    /** Numbers are equal by their value, however they are written. */
    private static final Comparator<JsonNode> BY_VALUE = (one, other) -> one.isNumber() && other.isNumber()
            ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1;

    private final List<Operation> operations;

    private JsonPatch(List<Operation> operations) {
        this.operations = operations;
    }

    /** One operation, whose members are those that its {@code op} needs. */
    record Operation(
            int index,
            String op,
            JsonPointer path,
            @Nullable JsonPointer from,
            byte @Nullable [] value) {
        FhirException fault(String why) {
            return FhirException.of(
                    422,
                    "processing",
                    "The JSON Patch cannot be applied: operation " + index + ", " + op + " '" + path + "': " + why
                            + " Nothing was changed.");
        }
    }

    /** Reads a patch; a 400 problem that says what is wrong with it otherwise. */
    static JsonPatch parse(byte[] json) {
        return new JsonPatch(JsonPatchReader.read(json));
    }

    /**
     * The same patch with other values.
     *
     * @param change gives what takes the place of a value, which is brought to this place
     */
    JsonPatch with(BiFunction<JsonPointer, byte[], byte[]> change) {
        return new JsonPatch(operations.stream()
                .map(operation -> operation.value == null || !BRINGING.contains(operation.op)
                        ? operation
                        : new Operation(
                                operation.index,
                                operation.op,
                                operation.path,
                                operation.from,
                                change.apply(operation.path, operation.value)))
                .toList());
    }

    /**
     * The document after all operations.
     *
     * @param sizes takes the size of the document after each operation; what it throws ends the work
     * @throws FhirException 422 with the operation that cannot be done; 413 if one makes the document too large
     */
    byte[] apply(byte[] document, IntConsumer sizes) {
        byte[] json = document;
        for (Operation operation : operations) {
            try {
                json = apply(json, operation);
            } catch (JacksonException | NumberFormatException e) {
                throw operation.fault("the document or the value is nested too deeply, has too many values, or has a"
                        + " number that is too long or out of range.");
            }
            sizes.accept(json.length);
        }
        return json;
    }

    private static byte[] apply(byte[] json, Operation operation) {
        byte[] value = operation.value == null ? new byte[0] : operation.value;
        return switch (operation.op) {
            case "add" -> add(json, operation, value);
            case "remove" -> remove(json, operation, operation.path);
            case "replace" -> replace(json, find(json, operation, operation.path), value);
            case "test" -> test(json, operation, value);
            default -> moveOrCopy(json, operation);
        };
    }

    private static byte[] moveOrCopy(byte[] json, Operation operation) {
        JsonPointer from = operation.from == null ? operation.path : operation.from;
        Child source = find(json, operation, from);
        byte[] value = Arrays.copyOfRange(json, source.valueFrom(), source.to());
        if (operation.op.equals("move") && from.equals(operation.path)) {
            return json;
        }
        if (operation.op.equals("copy")) {
            return add(json, operation, value);
        }
        if (operation.path.toString().startsWith(from + "/")) {
            throw operation.fault("a value cannot be moved into itself.");
        }
        return add(remove(json, operation, from), operation, value);
    }

    private static byte[] test(byte[] json, Operation operation, byte[] expected) {
        Child actual = find(json, operation, operation.path);
        if (!tree(json, actual.valueFrom(), actual.to()).equals(BY_VALUE, tree(expected, 0, expected.length))) {
            throw operation.fault("the value is another one.");
        }
        return json;
    }

    private static JsonNode tree(byte[] json, int from, int to) {
        try (JsonParser parser = ReceivedJson.parser(json, from, to - from)) {
            return parser.readValueAsTree();
        }
    }

    private static byte[] add(byte[] json, Operation operation, byte[] value) {
        JsonPointer path = operation.path;
        if (path.matches()) {
            return value;
        }
        Child parent = find(json, operation, path.head());
        JsonContainer container = JsonContainer.read(json, parent.valueFrom(), parent.to());
        if (container == null) {
            throw operation.fault("'" + path.head() + "' is neither an object nor an array.");
        }
        String name = path.last().getMatchingProperty();
        Child there = container.child(name);
        if (container.isObject()) {
            return there != null
                    ? replace(json, there, value)
                    : insert(json, container, container.close(), FhirJson.MAPPER.writeValueAsString(name) + ":", value);
        }
        if (there != null) {
            return splice(json, there.from(), there.from(), ArrayUtils.add(value, (byte) ','));
        }
        if (!name.equals("-")
                && !name.equals(Integer.toString(container.children().size()))) {
            throw operation.fault("the array has " + container.children().size() + " elements.");
        }
        return insert(json, container, container.close(), "", value);
    }

    private static byte[] insert(byte[] json, JsonContainer container, int at, String name, byte[] value) {
        byte[] before = ((container.children().isEmpty() ? "" : ",") + name).getBytes(StandardCharsets.UTF_8);
        return splice(json, at, at, ArrayUtils.addAll(before, value));
    }

    private static byte[] remove(byte[] json, Operation operation, JsonPointer path) {
        if (path.matches()) {
            throw operation.fault("the whole resource cannot be removed; use DELETE.");
        }
        Child parent = find(json, operation, path.head());
        JsonContainer container = JsonContainer.read(json, parent.valueFrom(), parent.to());
        Child gone = container == null ? null : container.child(path.last().getMatchingProperty());
        if (container == null || gone == null) {
            throw operation.fault("there is no value at '" + path + "'.");
        }
        int index = container.children().indexOf(gone);
        int from = index > 0 ? container.children().get(index - 1).to() : gone.from();
        boolean first = index == 0 && container.children().size() > 1;
        int to = first ? container.children().get(1).from() : gone.to();
        return splice(json, from, to, new byte[0]);
    }

    private static byte[] replace(byte[] json, Child there, byte[] value) {
        return splice(json, there.valueFrom(), there.to(), value);
    }

    private static Child find(byte[] json, Operation operation, JsonPointer path) {
        Child found = new Child("", 0, 0, json.length);
        for (JsonPointer rest = path; !rest.matches(); rest = rest.tail()) {
            JsonContainer container = JsonContainer.read(json, found.valueFrom(), found.to());
            Child child = container == null ? null : container.child(rest.getMatchingProperty());
            if (child == null) {
                throw operation.fault("there is no value at '" + path + "'.");
            }
            found = child;
        }
        return found;
    }

    private static byte[] splice(byte[] json, int from, int to, byte[] value) {
        long length = json.length - (to - from) + (long) value.length;
        if (length > FhirJson.MAX_RESOURCE_BYTES) {
            throw ResourceJson.tooLarge();
        }
        byte[] out = new byte[(int) length];
        System.arraycopy(json, 0, out, 0, from);
        System.arraycopy(value, 0, out, from, value.length);
        System.arraycopy(json, to, out, from + value.length, json.length - to);
        return out;
    }
}
