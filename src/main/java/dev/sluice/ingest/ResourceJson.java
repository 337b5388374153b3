package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ReceivedJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonOffsets;
import dev.sluice.json.JsonOffsets.Span;
import dev.sluice.json.JsonRewriter;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.TruncatingParser;
import dev.sluice.json.Utf8;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The checked text of one resource from a client: UTF-8, one JSON object without duplicate names, of a known type.
 *
 * <p>The text is not copied. It must not change before {@link #line} is called, which overwrites it.
 */
public final class ResourceJson {
    private final byte[] json;
    private final int offset;
    private final int length;
    private final ObjectNode tree;
    private final ResourceType type;
    private final @Nullable String id;

    private ResourceJson(byte[] json, int offset, int length, ObjectNode tree) {
        this.json = json;
        this.offset = offset;
        this.length = length;
        this.tree = tree;
        this.type = typeOf(tree);
        this.id = text(tree, "id");
        if (tree.has("meta") && !tree.get("meta").isObject()) {
            throw FhirException.invalid("'meta' must be a JSON object, in '{' and '}'.");
        }
    }

    /** Reads a resource; a 400 problem that says what is wrong with it otherwise. */
    public static ResourceJson parse(byte[] json) {
        return parse(json, 0, json.length);
    }

    /** Reads a resource from a part of an array. */
    public static ResourceJson parse(ByteBuffer json) {
        return parse(json.array(), json.arrayOffset() + json.position(), json.remaining());
    }

    /** Reads a resource from a part of an array. */
    public static ResourceJson parse(byte[] json, int offset, int length) {
        if (length > FhirJson.MAX_RESOURCE_BYTES) {
            throw tooLarge();
        }
        Utf8.check(json, offset, length);
        return new ResourceJson(json, offset, length, tree(json, offset, length));
    }

    /** 413: the resource is larger than Sluice takes. */
    public static FhirException tooLarge() {
        return FhirException.of(
                413,
                "too-long",
                "The resource is larger than " + (FhirJson.MAX_RESOURCE_BYTES >> 20)
                        + " MB. Keep large attachments outside and refer to them by url.");
    }

    public ResourceType type() {
        return type;
    }

    /** The id in the text, which may not be a valid one. */
    Optional<String> id() {
        return Optional.ofNullable(id);
    }

    /** Type and id in the text; a 400 problem if the id is missing or not valid. */
    public ResourceKey key() {
        if (id == null) {
            throw FhirException.invalid("The " + type + " has no 'id'; give it one, unique among all of its type.");
        }
        return new ResourceKey(type, id);
    }

    /** Returns if the resource is of this type and, where the URL names one, has this id or none. */
    void require(ResourceType asked, @Nullable String askedId) {
        if (!type.equals(asked)) {
            throw FhirException.invalid("The resource is of type " + type + ", but the URL says " + asked + ".");
        }
        if (askedId != null && id != null && !askedId.equals(id)) {
            throw FhirException.invalid("The " + type + " has the id '" + id + "', but the URL says '" + askedId
                    + "'; make them equal, or leave the id out of the resource.");
        }
    }

    /** The parsed text, in which long strings are truncated. */
    public ObjectNode tree() {
        return tree;
    }

    /** The text as it was sent; the whole array that was parsed. */
    byte[] bytes() {
        return json;
    }

    /**
     * The line with this id, which replaces any id in the text. A large line is created in place, if there is free
     * space before the text, so that it is in memory only once.
     */
    ResourceLine line(String newId) {
        JsonOffsets places;
        try (JsonParser parser = ReceivedJson.parser(json, offset, length)) {
            places = JsonOffsets.find(parser, 1 + (id == null ? 0 : 1) + (tree.has("meta") ? 1 : 0));
        }
        boolean inPlace = length > MemoryBudget.SMALL && offset >= JsonRewriter.ROOM;
        JsonRewriter text =
                inPlace ? JsonRewriter.inPlace(json, offset, length) : JsonRewriter.of(json, offset, length);
        Span meta = places.meta();
        if (meta != null && meta.from() < afterId(places)) {
            int stampAt = putMeta(text, places);
            putId(text, places, newId);
            return new ResourceLine(text.finish(), stampAt, inPlace);
        }
        putId(text, places, newId);
        int stampAt = putMeta(text, places);
        return new ResourceLine(text.finish(), stampAt, inPlace);
    }

    private static int afterId(JsonOffsets places) {
        Span id = places.id();
        return id == null ? places.type().to() : id.to();
    }

    private void putId(JsonRewriter text, JsonOffsets places, String newId) {
        Span there = places.id();
        if (there == null) {
            text.copyTo(places.type().to()).put(",\"id\":\"" + newId + '"');
        } else if (!newId.equals(id)) {
            text.copyTo(there.from()).put('"' + newId + '"').skipTo(there.to());
        }
    }

    private static int putMeta(JsonRewriter text, JsonOffsets places) {
        Span there = places.meta();
        if (there == null) {
            int stampAt = text.copyTo(afterId(places)).put(",\"meta\":{").size();
            text.put("}");
            return stampAt;
        }
        int stampAt = text.copyTo(there.from()).put("{").size();
        String comma = "";
        for (Span member : places.metaMembers()) {
            text.put(comma).skipTo(member.from()).copyTo(member.to());
            comma = ",";
        }
        text.put("}").skipTo(there.to());
        return stampAt;
    }

    private static ObjectNode tree(byte[] json, int offset, int length) {
        try (JsonParser parser = ReceivedJson.parser(json, offset, length)) {
            return ReceivedJson.object(
                    length > TruncatingParser.LONGEST ? new TruncatingParser(parser, json, offset, length) : parser);
        }
    }

    private static ResourceType typeOf(ObjectNode tree) {
        String name = text(tree, "resourceType");
        if (name == null) {
            throw FhirException.invalid("The JSON object has no 'resourceType', so it is no resource.");
        }
        return ResourceType.of(name);
    }

    private static @Nullable String text(ObjectNode tree, String name) {
        JsonNode value = tree.get(name);
        if (value != null && !value.isString()) {
            throw FhirException.invalid("'" + name + "' must be a string, in double quotes.");
        }
        return value == null ? null : value.stringValue();
    }
}
