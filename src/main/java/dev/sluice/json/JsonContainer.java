package dev.sluice.json;

import dev.sluice.fhir.ReceivedJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The positions of the members of an object, or of the elements of an array, in the text of a document.
 *
 * @param isObject whether it is an object
 * @param close where its closing bracket is
 * @param children in their order
 */
public record JsonContainer(boolean isObject, int close, List<Child> children) {
    /**
     * A member or an element.
     *
     * @param name of a member; the index of an element
     * @param from where it begins, with its name
     * @param valueFrom where its value begins
     * @param to the first byte behind it
     */
    public record Child(String name, int from, int valueFrom, int to) {}

    /** Reads the value in this part of a valid document; null if it is neither an object nor an array. */
    public static @Nullable JsonContainer read(byte[] json, int from, int to) {
        try (JsonParser parser = ReceivedJson.parser(json, from, to - from)) {
            JsonToken open = parser.nextToken();
            if (open != JsonToken.START_OBJECT && open != JsonToken.START_ARRAY) {
                return null;
            }
            boolean object = open == JsonToken.START_OBJECT;
            List<Child> children = new ArrayList<>();
            JsonToken token = parser.nextToken();
            while (token != JsonToken.END_OBJECT && token != JsonToken.END_ARRAY) {
                int start = from + JsonOffsets.start(parser);
                String name = object ? parser.currentName() : Integer.toString(children.size());
                if (object) {
                    parser.nextToken();
                }
                JsonOffsets.Span value = JsonOffsets.value(parser);
                children.add(new Child(name, start, from + value.from(), from + value.to()));
                token = parser.nextToken();
            }
            return new JsonContainer(object, from + JsonOffsets.start(parser), children);
        }
    }

    /** The member of this name, or the element at this index; null if there is none. */
    @Nullable
    public Child child(String name) {
        return children.stream()
                .filter(child -> child.name.equals(name))
                .findFirst()
                .orElse(null);
    }
}
