package dev.sluice.json;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The positions, in bytes, of the values that a server sets in the text of a resource: id and meta.
 *
 * @param type the value of {@code resourceType}
 * @param id the value of {@code id}; null if there is none
 * @param meta the value of {@code meta}; null if there is none
 * @param metaMembers the members of {@code meta}, name and value, but for {@code versionId} and {@code lastUpdated}
 */
public record JsonOffsets(
        Span type, @Nullable Span id, @Nullable Span meta, List<Span> metaMembers) {
    /**
     * A stretch of text.
     *
     * @param from its first byte
     * @param to the first byte behind it
     */
    public record Span(int from, int to) {}

    /**
     * Reads as far as the last of these members, in text that is known to be a resource.
     *
     * @param present how many of the three members there are
     */
    public static JsonOffsets find(JsonParser parser, int present) {
        Span type = null;
        Span id = null;
        Span meta = null;
        List<Span> metaMembers = new ArrayList<>();
        parser.nextToken();
        int missing = present;
        while (missing > 0 && parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            missing--;
            switch (name) {
                case "resourceType" -> type = value(parser);
                case "id" -> id = value(parser);
                case "meta" -> meta = meta(parser, metaMembers);
                default -> {
                    parser.skipChildren();
                    missing++;
                }
            }
        }
        if (type == null) {
            throw new IllegalArgumentException("a resource has a resourceType");
        }
        return new JsonOffsets(type, id, meta, metaMembers);
    }

    private static Span meta(JsonParser parser, List<Span> members) {
        int from = start(parser);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            int nameFrom = start(parser);
            parser.nextToken();
            Span value = value(parser);
            if (!name.equals("versionId") && !name.equals("lastUpdated")) {
                members.add(new Span(nameFrom, value.to()));
            }
        }
        return new Span(from, end(parser));
    }

    /** The value at which the parser is, which it reads to its end. */
    public static Span value(JsonParser parser) {
        int from = start(parser);
        parser.skipChildren();
        return new Span(from, end(parser));
    }

    /** Where the token at which the parser is begins. */
    public static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) {
        parser.finishToken(); // strings are read as late as possible
        return (int) parser.currentLocation().getByteOffset();
    }
}
