package dev.sluice.match;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Searches the bytes of a JSON text for a string that a matching resource must contain, without parsing the JSON.
 *
 * <p>JSON may write a character as itself or as an escape. So the string can only be absent if its bytes are, and if no
 * escape in the text stands for one of its characters. Immutable and used by many threads.
 */
public final class TextPrefilter {
    private static final int BYTES = 256;
    private static final int HEX = 16;
    private static final int UNICODE_ESCAPE = 6;

    private final String text;
    private final byte[] bytes;

    /** For each byte, how far the window of the search moves if its last byte is this one (Horspool). */
    private final int[] shifts = new int[BYTES];

    private TextPrefilter(String text) {
        this.text = text;
        this.bytes = text.getBytes(UTF_8);
        Arrays.fill(shifts, bytes.length);
        for (int i = 0; i < bytes.length - 1; i++) {
            shifts[bytes[i] & 0xFF] = bytes.length - 1 - i;
        }
    }

    /** For each alternative, the string that a match must contain; null if one alternative requires none. */
    public static <T> @Nullable List<String> ofAll(List<T> alternatives, Function<T, @Nullable String> necessary) {
        List<String> texts = new ArrayList<>();
        for (T alternative : alternatives) {
            String text = necessary.apply(alternative);
            if (text == null) {
                return null;
            }
            texts.add(text);
        }
        return texts;
    }

    /** Empty when it cannot be looked for, because JSON always escapes one of its characters or it has none. */
    public static @Nullable TextPrefilter of(String text) {
        boolean plain = text.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\');
        return plain && !text.isEmpty() ? new TextPrefilter(text) : null;
    }

    /** False only if no string of the JSON contains the text. */
    public boolean mayBeIn(byte[] json, int offset, int length) {
        return isIn(json, offset, length) || isEscapedIn(json, offset, length);
    }

    private boolean isIn(byte[] json, int offset, int length) {
        int last = bytes.length - 1;
        int end = offset + length;
        for (int i = offset + last; i < end; i += shifts[json[i] & 0xFF]) {
            int back = 0;
            while (json[i - back] == bytes[last - back]) {
                if (back == last) {
                    return true;
                }
                back++;
            }
        }
        return false;
    }

    private boolean isEscapedIn(byte[] json, int offset, int length) {
        int end = offset + length - 1;
        for (int i = JsonBytes.backslash(json, offset, end); i < end; i = JsonBytes.backslash(json, i + 2, end)) {
            if (isOwn(json, i, end)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an escape stands for one of the characters; only a slash has an escape besides the hexadecimal one. */
    private boolean isOwn(byte[] json, int at, int end) {
        if (json[at + 1] == '/') {
            return text.indexOf('/') >= 0;
        }
        if (json[at + 1] != 'u' || at + UNICODE_ESCAPE - 1 > end) {
            return false;
        }
        int c = 0;
        for (int i = at + 2; i < at + UNICODE_ESCAPE; i++) {
            c = c * HEX + Character.digit(json[i], HEX);
        }
        return text.indexOf((char) c) >= 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
