package dev.sluice.search;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.JsonBytes;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
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
 * Finds which resources of this server a stored resource refers to, wherever in it the references are.
 *
 * <p>Only literal references count, relative ones and absolute ones below one of the server's own bases; not those to
 * contained resources, conditional or {@code urn:} ones, bare identifiers or canonical URLs. The bytes are searched for the
 * property {@code reference}; JSON is read only where an escape might hide one. Safe for use by any number of threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/references.html#literal">literal references</a>
 */
public final class ReferenceScan {
    private static final String FIELD = "reference";

    /** Within a string its quotes would be escaped, so before a colon it is always the name of a property. */
    private static final byte[] NAME = "\"reference\"".getBytes(US_ASCII);

    /** How far the search may go on from a place, by the byte at which the name would end there (Horspool). */
    private static final byte[] STEPS = steps();

    private final Predicate<String> ownBase;

    /** @param ownBase whether a base URL, without a slash at its end, is this server's own */
    public ReferenceScan(Predicate<String> ownBase) {
        this.ownBase = ownBase;
    }

    /**
     * Gives the key of each resource that is referred to to the taker, in document order and as often as it is.
     *
     * @param json one valid JSON object in UTF-8
     */
    public void each(byte[] json, int offset, int length, Consumer<ResourceKey> taker) {
        eachText(json, offset, length, false, text -> {
            LiteralReference reference = LiteralReference.parse(text);
            if (reference != null && reference.isLocal(ownBase)) {
                taker.accept(reference.key());
            }
        });
    }

    /**
     * Gives each reference to the taker that names no resource of this server, nor one that is contained, with its kind.
     *
     * @param json one valid JSON object in UTF-8
     */
    public void eachUnresolved(byte[] json, int offset, int length, BiConsumer<UnresolvedReference, String> taker) {
        eachText(json, offset, length, true, text -> {
            UnresolvedReference kind = UnresolvedReference.of(text, ownBase);
            if (kind != null) {
                taker.accept(kind, text);
            }
        });
    }

    /** @param skipPlain whether to leave out what is quickly told to be {@code Type/id} */
    private static void eachText(byte[] json, int offset, int length, boolean skipPlain, Consumer<String> taker) {
        int end = offset + length;
        if (mayHideOne(json, offset, end)) {
            read(json, offset, length, taker);
            return;
        }
        for (int at = next(json, offset, end); at < end; at = next(json, at, end)) {
            int close = at;
            while (json[close] != '"') {
                close++;
            }
            if (!skipPlain || !isPlain(json, at, close)) {
                taker.accept(new String(json, at, close - at, UTF_8));
            }
            at = close;
        }
    }

    /** Whether it is a type of R4 and an id. */
    private static boolean isPlain(byte[] json, int from, int to) {
        int slash = from;
        while (slash < to && json[slash] != '/') {
            slash++;
        }
        if (slash == to) {
            return false;
        }
        for (int i = slash + 1; i < to; i++) {
            if (json[i] == '/' || json[i] == '?' || json[i] == '#') {
                return false;
            }
        }
        return ResourceType.find(new String(json, from, slash - from, US_ASCII)).isPresent()
                && ResourceKey.isId(new String(json, slash + 1, to - slash - 1, UTF_8));
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
        int last = end - NAME.length;
        int i = from;
        while (i <= last) {
            if (json[i] == '"' && Arrays.equals(json, i, i + NAME.length, NAME, 0, NAME.length)) {
                int text = text(json, i + NAME.length, end);
                if (text > 0) {
                    return text;
                }
            }
            i += STEPS[json[i + NAME.length - 1] & 0xff];
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

    private static byte[] steps() {
        byte[] steps = new byte[256];
        Arrays.fill(steps, (byte) NAME.length);
        for (int i = 0; i < NAME.length - 1; i++) {
            steps[NAME[i]] = (byte) (NAME.length - 1 - i);
        }
        return steps;
    }

    private static void read(byte[] json, int offset, int length, Consumer<String> taker) {
        try (JsonParser parser = FhirJson.MAPPER.createParser(json, offset, length)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && FIELD.equals(parser.currentName())) {
                    taker.accept(parser.getString());
                }
            }
        }
    }
}
