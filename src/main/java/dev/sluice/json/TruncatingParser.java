package dev.sluice.json;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * Parses a large resource and returns only the beginning of long strings, such as attachments. A parser needs four
 * times the memory of a string that it returns, and none for a string that it skips.
 *
 * <p>Skipped text is still checked to be valid JSON. For use by one thread.
 */
public final class TruncatingParser extends JsonParserDelegate {
    /** Strings of up to this many bytes are shown whole. */
    public static final int LONGEST = 1 << 16;

    /** Members that decide where a resource belongs, how it is found or whether it is well-formed. */
    private static final Set<String> WHOLE = Set.of("value", "system", "reference", "id", "div");

    /** Base64 and text alike; never empty, which FHIR does not allow. */
    private static final String SHORTEST = "AAAA";

    private final byte[] json;
    private final int offset;
    private final int limit;

    /**
     * @param parser reads this part of the array
     */
    public TruncatingParser(JsonParser parser, byte[] json, int offset, int length) {
        super(parser);
        this.json = json;
        this.offset = offset;
        this.limit = offset + length;
    }

    @Override
    public String getString() {
        if (currentToken() == JsonToken.VALUE_STRING && !WHOLE.contains(String.valueOf(currentName()))) {
            int start = offset + (int) currentTokenLocation().getByteOffset() + 1;
            if (isLong(start)) {
                int length = plain(start) / 4 * 4; // base64 stays what it is
                return length == 0 ? SHORTEST : new String(json, start, length, StandardCharsets.US_ASCII);
            }
        }
        return super.getString();
    }

    /** How many characters of a long string there are before the first that takes more than its byte. */
    private int plain(int start) {
        int end = start;
        while (end < start + LONGEST && json[end] != '\\' && json[end] > 0) {
            end++;
        }
        return end - start;
    }

    private boolean isLong(int start) {
        int end = start + LONGEST;
        return end <= limit && JsonBytes.closingQuote(json, start, end) >= end;
    }
}
