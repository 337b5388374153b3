package dev.sluice.search;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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

    /** How a stored line writes a reference. Within a string its quotes would be escaped, so it is always a property. */
    private static final byte[] PROPERTY = "\"reference\":\"".getBytes(US_ASCII);

    private final Predicate<String> ownBase;

    /** @param ownBase whether a base URL, without a slash at its end, is this server's own */
    public ReferenceScan(Predicate<String> ownBase) {
        this.ownBase = ownBase;
    }

    /**
     * Gives the key of each resource that is referred to to the taker, in document order and as often as it is.
     *
     * @param json one JSON object in UTF-8 without white space between tokens, known to be valid
     */
    public void each(byte[] json, int offset, int length, Consumer<ResourceKey> taker) {
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
            take(new String(json, at, close - at, US_ASCII), taker);
            at = close;
        }
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
                keys.add(new ResourceKey(found.type(), found.id()));
            }
        }
        return keys;
    }

    /** An escape that could stand for a character of the property's name or of a reference. */
    private static boolean mayHideOne(byte[] json, int offset, int end) {
        for (int i = offset; i < end - 1; i++) {
            if (json[i] == '\\') {
                i++;
                if (json[i] == '/' || json[i] == 'u') {
                    return true;
                }
            }
        }
        return false;
    }

    /** Where the next reference's text begins; the end if there is none. */
    private static int next(byte[] json, int from, int end) {
        int last = end - PROPERTY.length;
        for (int i = from; i <= last; i++) {
            // Most places are told by their first two bytes.
            if (json[i] == '"' && json[i + 1] == 'r' && isProperty(json, i)) {
                return i + PROPERTY.length;
            }
        }
        return end;
    }

    private static boolean isProperty(byte[] json, int at) {
        for (int i = 0; i < PROPERTY.length; i++) {
            if (json[at + i] != PROPERTY[i]) {
                return false;
            }
        }
        return true;
    }

    private void read(byte[] json, int offset, int length, Consumer<ResourceKey> taker) {
        try (JsonParser parser = FhirJson.MAPPER.createParser(json, offset, length)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && FIELD.equals(parser.currentName())) {
                    take(parser.getString(), taker);
                }
            }
        }
    }

    private void take(String text, Consumer<ResourceKey> taker) {
        @Nullable LiteralReference reference = LiteralReference.parse(text);
        if (reference != null && reference.isLocal(ownBase)) {
            taker.accept(new ResourceKey(reference.type(), reference.id()));
        }
    }
}
