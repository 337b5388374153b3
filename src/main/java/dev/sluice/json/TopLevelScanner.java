package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds some of the root properties of a stored resource without parsing the other properties.
 *
 * <p>A stored line is one JSON object that was checked when it came, without white space between tokens: a value ends
 * where its quotes or brackets do. Of anything else the result is undefined. Immutable, safe for use by any number of
 * threads.
 */
public final class TopLevelScanner {
    private final Map<String, Name> names;

    /** The names by their length in bytes. */
    private final Name[][] byLength;

    /** @param names of the properties to find */
    public TopLevelScanner(Set<String> names) {
        this.names = names.stream().map(Name::new).collect(Collectors.toMap(Name::text, Function.identity()));
        int longest = this.names.values().stream().mapToInt(Name::length).max().orElse(0);
        this.byLength = new Name[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            byLength[length] = this.names.values().stream()
                    .filter(name -> name.length() == wanted)
                    .toArray(Name[]::new);
        }
    }

    /** Takes one property, as bytes of the JSON that is searched. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * Takes it.
         *
         * @param name what the JSON's name means; it may be written with escapes there
         * @param start where the name's quote opens
         * @param value where the value begins
         * @param end where the value has ended
         */
        void property(String name, int start, int value, int end);
    }

    private record Name(String text, byte[] bytes) {
        Name(String text) {
            this(text, text.getBytes(UTF_8));
        }

        int length() {
            return bytes.length;
        }
    }

    /** Passes the properties that exist to the receiver, in their order. */
    public void each(byte[] json, int offset, int length, Receiver receiver) {
        int limit = offset + length;
        int start = offset + 1;
        while (json[start] == '"') {
            int value = JsonBytes.afterString(json, start + 1, limit) + 1;
            int end = afterValue(json, value, limit);
            Name name = named(json, start + 1, value - 2);
            if (name != null) {
                receiver.property(name.text, start, value, end);
            }
            start = end + 1;
            if (json[end] == '}') {
                return;
            }
        }
    }

    /** The properties as a JSON tree. */
    public ObjectNode read(byte[] json, int offset, int length) {
        ObjectNode object = FhirJson.MAPPER.createObjectNode();
        each(json, offset, length, (name, start, value, end) -> object.set(name, FhirJson.stored(json, value, end)));
        return object;
    }

    private @Nullable Name named(byte[] json, int from, int to) {
        int length = to - from;
        if (length < byLength.length) {
            for (Name name : byLength[length]) {
                if (Arrays.equals(name.bytes, 0, length, json, from, to)) {
                    return name;
                }
            }
        }
        return JsonBytes.backslash(json, from, to) == to
                ? null
                : names.get(FhirJson.stored(json, from - 1, to + 1).asString());
    }

    private static int afterValue(byte[] json, int from, int limit) {
        return switch (json[from]) {
            case '"' -> JsonBytes.afterString(json, from + 1, limit);
            case '{', '[' -> afterBrackets(json, from, limit);
            default -> afterWord(json, from);
        };
    }

    private static int afterBrackets(byte[] json, int from, int limit) {
        int depth = 0;
        int i = from;
        do {
            switch (json[i]) {
                case '"' -> i = JsonBytes.afterString(json, i + 1, limit) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {
                    // a comma or colon, or part of a number or of a word
                }
            }
            i++;
        } while (depth > 0);
        return i;
    }

    private static int afterWord(byte[] json, int from) {
        int i = from;
        while (json[i] != ',' && json[i] != '}') {
            i++;
        }
        return i;
    }
}
