package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonBytes;
import dev.sluice.json.JsonRewriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;

/**
 * Rewrites the links in the text of a resource: references, elements of the types uri, url, oid and uuid, and the
 * {@code href} and {@code src} of its narrative, but not URIs that identify something. All other bytes are unchanged.
 * For one resource and one thread.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">transaction processing rules</a>
 */
final class LinkRewriter {
    /** A longer string is no link. */
    private static final int LONGEST = 4_096;

    private static final Pattern INDEX = Pattern.compile("-|\\d+");

    private final byte[] json;
    private final Target target;
    private final List<Change> changes = new ArrayList<>();
    private @Nullable Frame frame;

    private LinkRewriter(byte[] json, Target target) {
        this.json = json;
        this.target = target;
    }

    /** Says what a link has to be. */
    interface Target {
        /** What a reference has to be; null if it stays as it is. */
        @Nullable
        String reference(String text);

        /** What any other link has to be; null if it stays as it is. */
        default @Nullable String link(String text) {
            return null;
        }
    }

    /** An object or array that is open. */
    private static final class Frame {
        private final @Nullable Frame parent;
        private final String field;
        private final boolean array;
        private @Nullable String resourceType;

        Frame(@Nullable Frame parent, String field, boolean array) {
            this.parent = parent;
            this.field = field;
            this.array = array;
        }

        /** The objects and arrays that enclose a value at this place of a resource; null for the resource itself. */
        static @Nullable Frame around(ResourceType type, JsonPointer place) {
            if (place.matches()) {
                return null;
            }
            Frame around = new Frame(null, "", false);
            around.resourceType = type.name();
            List<String> fields = Stream.iterate(place, rest -> !rest.matches(), JsonPointer::tail)
                    .map(JsonPointer::getMatchingProperty)
                    .filter(name -> !INDEX.matcher(name).matches())
                    .toList();
            for (int i = 0; i < fields.size(); i++) {
                around = new Frame(around, fields.get(i), i == fields.size() - 1);
            }
            return around;
        }
    }

    /** Text to be put in the place of a string, if the element that the string is the value of may be a link. */
    private record Change(Frame frame, String field, String with, int from, int to) {}

    /**
     * The text of a resource with its links rewritten.
     *
     * @param json a valid resource
     */
    static byte[] rewrite(byte[] json, Target target) {
        LinkRewriter links = new LinkRewriter(json, target);
        links.find();
        return links.changed();
    }

    /**
     * The text of a value with its links rewritten.
     *
     * @param json valid JSON
     * @param type of the resource that the value is to be in
     * @param place where it is to be
     */
    static byte[] rewrite(byte[] json, ResourceType type, JsonPointer place, Target target) {
        LinkRewriter links = new LinkRewriter(json, target);
        links.frame = Frame.around(type, place);
        links.find();
        return links.changed();
    }

    private void find() {
        try (JsonParser parser = FhirJson.MAPPER.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT, START_ARRAY ->
                        frame = new Frame(frame, field(parser), token == JsonToken.START_ARRAY);
                    case END_OBJECT, END_ARRAY -> frame = frame == null ? null : frame.parent;
                    case VALUE_STRING -> string(parser);
                    default -> {
                        // no link
                    }
                }
            }
        }
    }

    /** The name of the property that a value belongs to, also where it is one of several. */
    private String field(JsonParser parser) {
        String name = parser.currentName();
        return name != null && (frame == null || !frame.array) ? name : frame == null ? "" : frame.field;
    }

    private void string(JsonParser parser) {
        Frame at = frame;
        int from = (int) parser.currentTokenLocation().getByteOffset();
        String field = field(parser);
        boolean narrative = field.equals("div");
        if (at == null || (!narrative && isLong(from))) {
            return;
        }
        String text = parser.getString();
        int to = (int) parser.currentLocation().getByteOffset();
        if (field.equals("resourceType")) {
            at.resourceType = text;
            return;
        }
        String with;
        if (narrative) {
            with = NarrativeLinks.rewrite(new String(json, from, to - from, StandardCharsets.UTF_8), target);
        } else {
            String link = field.equals("reference") ? target.reference(text) : target.link(text);
            with = link == null || link.equals(text) ? null : '"' + link + '"';
        }
        if (with != null) {
            changes.add(new Change(at, field, with, from, to));
        }
    }

    private boolean isLong(int quote) {
        int end = quote + 1 + LONGEST;
        return end <= json.length && JsonBytes.closingQuote(json, quote + 1, end) >= end;
    }

    private byte[] changed() {
        List<Change> wanted = changes.stream().filter(LinkRewriter::isLink).toList();
        if (wanted.isEmpty()) {
            return json;
        }
        JsonRewriter text = JsonRewriter.of(json, 0, json.length);
        for (Change change : wanted) {
            text.copyTo(change.from).put(change.with).skipTo(change.to);
        }
        ByteBuffer rewritten = text.finish();
        byte[] bytes = new byte[rewritten.remaining()];
        rewritten.get(bytes);
        return bytes;
    }

    private static boolean isLink(Change change) {
        Deque<String> path = new ArrayDeque<>(List.of(change.field));
        Frame at = change.frame;
        while (at.resourceType == null && at.parent != null) {
            if (!at.array) {
                path.addFirst(at.field);
            }
            at = at.parent;
        }
        return at.resourceType != null
                && ResourceType.find(at.resourceType)
                        .map(type -> LinkElements.isLink(type, List.copyOf(path)))
                        .orElse(false);
    }
}
