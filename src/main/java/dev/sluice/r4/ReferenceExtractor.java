package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonBytes;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * Finds the references of a stored resource to resources of this server, in any element.
 *
 * <p>Only literal references count, relative ones and absolute ones below one of the server's own bases; not those to
 * contained resources, conditional or {@code urn:} ones, bare identifiers or canonical URLs. The bytes are searched for
 * the property {@code reference}; JSON is read only where an escape might hide one. Safe for use by any number of
 * threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/references.html#literal">literal references</a>
 */
public final class ReferenceExtractor {
    private static final String FIELD = "reference";

    /** Within a string its quotes would be escaped, so before a colon it is always the name of a property. */
    private static final byte[] NAME = "\"reference\"".getBytes(US_ASCII);

    /** The rarest of its letters, and where it stands in it. */
    private static final byte RARE = 'f';

    private static final int RARE_AT = 3;

    /** The names of all types, each at a place that its bytes give, or behind it. */
    private static final byte[][] TYPES = types();

    private final Predicate<String> ownBase;

    /** @param ownBase whether a base URL, without a slash at its end, is this server's own */
    public ReferenceExtractor(Predicate<String> ownBase) {
        this.ownBase = ownBase;
    }

    /**
     * Passes the key of each referenced resource to the receiver, in document order, with repeats.
     *
     * @param json one valid JSON object in UTF-8
     */
    public void each(byte[] json, int offset, int length, Consumer<ResourceKey> receiver) {
        eachText(json, offset, length, false, text -> {
            LiteralReference reference = LiteralReference.parse(text);
            if (reference != null && reference.isLocal(ownBase)) {
                receiver.accept(reference.key());
            }
        });
    }

    /**
     * Gives each reference to the receiver that names no resource of this server, nor one that is contained, with its kind.
     *
     * @param json one valid JSON object in UTF-8
     */
    public void eachUnresolved(byte[] json, int offset, int length, BiConsumer<UnresolvedReference, String> receiver) {
        eachText(json, offset, length, true, text -> {
            UnresolvedReference kind = UnresolvedReference.of(text, ownBase);
            if (kind != null) {
                receiver.accept(kind, text);
            }
        });
    }

    /** @param skipPlain whether to leave out what is quickly told to be {@code Type/id} */
    private static void eachText(byte[] json, int offset, int length, boolean skipPlain, Consumer<String> receiver) {
        int end = offset + length;
        if (mayHideOne(json, offset, end)) {
            read(json, offset, length, receiver);
            return;
        }
        for (int at = next(json, offset, end); at < end; at = next(json, at, end)) {
            int close = at;
            while (json[close] != '"') {
                close++;
            }
            if (!skipPlain || !isPlain(json, at, close)) {
                receiver.accept(new String(json, at, close - at, UTF_8));
            }
            at = close;
        }
    }

    /** Whether it is a type of R4 and an id; by its bytes, since an import asks it of each reference. */
    private static boolean isPlain(byte[] json, int from, int to) {
        int slash = from;
        while (slash < to && json[slash] != '/') {
            slash++;
        }
        int length = to - slash - 1;
        if (length < 1 || length > 64) {
            return false;
        }
        for (int i = slash + 1; i < to; i++) {
            byte b = json[i];
            boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
            if (!letter && !(b >= '0' && b <= '9') && b != '-' && b != '.') {
                return false;
            }
        }
        return isType(json, from, slash);
    }

    /**
     * The keys of the resources that a list of Reference elements names, each once.
     *
     * @param references the elements; anything else has none
     */
    public Set<ResourceKey> of(JsonNode references) {
        Set<ResourceKey> keys = new LinkedHashSet<>();
        for (JsonNode reference : references) {
            LiteralReference found = LiteralReference.in(reference);
            if (found != null && found.isLocal(ownBase)) {
                keys.add(found.key());
            }
        }
        return keys;
    }

    /** An escape that could stand for a character of the property's name or of a reference. */
    private static boolean mayHideOne(byte[] json, int offset, int end) {
        for (int i = JsonBytes.backslash(json, offset, end); i < end - 1; i = JsonBytes.backslash(json, i + 2, end)) {
            if (json[i + 1] == '/' || json[i + 1] == 'u') {
                return true;
            }
        }
        return false;
    }

    /** Where the next reference's text begins; the end if there is none. */
    private static int next(byte[] json, int from, int end) {
        for (int i = JsonBytes.next(RARE, json, from, end); i < end; i = JsonBytes.next(RARE, json, i + 1, end)) {
            int name = i - RARE_AT;
            int after = name + NAME.length;
            if (name >= from && after <= end && Arrays.equals(json, name, after, NAME, 0, NAME.length)) {
                int text = text(json, after, end);
                if (text > 0) {
                    return text;
                }
            }
        }
        return end;
    }

    /** Where the text begins that follows the name of the property; 0 if there is another value, or none. */
    private static int text(byte[] json, int from, int end) {
        int colon = afterSpace(json, from, end);
        if (colon == end || json[colon] != ':') {
            return 0;
        }
        int quote = afterSpace(json, colon + 1, end);
        return quote < end && json[quote] == '"' ? quote + 1 : 0;
    }

    private static int afterSpace(byte[] json, int from, int end) {
        int i = from;
        while (i < end && json[i] >= 0 && json[i] <= ' ') {
            i++;
        }
        return i;
    }

    private static byte[][] types() {
        byte[][] types = new byte[1024][];
        for (ResourceType type : ResourceType.all()) {
            byte[] name = type.name().getBytes(US_ASCII);
            int place = place(name, 0, name.length);
            while (types[place] != null) {
                place = (place + 1) % types.length;
            }
            types[place] = name;
        }
        return types;
    }

    private static int place(byte[] json, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + json[i];
        }
        return (hash ^ (hash >>> 16)) & 1023;
    }

    private static boolean isType(byte[] json, int from, int to) {
        for (int place = place(json, from, to); TYPES[place] != null; place = (place + 1) % TYPES.length) {
            if (Arrays.equals(TYPES[place], 0, TYPES[place].length, json, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static void read(byte[] json, int offset, int length, Consumer<String> receiver) {
        try (JsonParser parser = FhirJson.MAPPER.createParser(json, offset, length)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && FIELD.equals(parser.currentName())) {
                    receiver.accept(parser.getString());
                }
            }
        }
    }
}
