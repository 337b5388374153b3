package dev.sluice.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Copies valid JSON without the white space between its tokens and replaces parts of it. The bytes of copied tokens do
 * not change.
 *
 * <p>For use by one thread. Positions count from the beginning of the JSON and lie between tokens.
 */
public final class JsonRewriter {
    /** The number of bytes by which a copy in place may be longer than the original. */
    public static final int ROOM = 128;

    private final byte[] json;
    private final int offset;
    private final int length;
    private final int begin;
    private byte[] out;
    private int end;
    private int position;

    private JsonRewriter(byte[] json, int offset, int length, byte[] out, int begin) {
        this.json = json;
        this.offset = offset;
        this.length = length;
        this.out = out;
        this.begin = begin;
        this.end = begin;
    }

    /** Leaves the original as it is. */
    public static JsonRewriter of(byte[] json, int offset, int length) {
        return new JsonRewriter(json, offset, length, new byte[length + ROOM], 0);
    }

    /** Overwrites the original and the {@value #ROOM} bytes before it, so that a large one is in memory only once. */
    public static JsonRewriter inPlace(byte[] json, int offset, int length) {
        return new JsonRewriter(json, offset, length, json, offset - ROOM);
    }

    /** Copies up to this position. */
    public JsonRewriter copyTo(int to) {
        minify(offset + position, offset + to);
        position = to;
        return this;
    }

    /** Skips up to this position. */
    public JsonRewriter skipTo(int to) {
        position = to;
        return this;
    }

    /** Adds text of its own. */
    public JsonRewriter put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        append(bytes, 0, bytes.length);
        return this;
    }

    /** The number of bytes written so far. */
    public int size() {
        return end - begin;
    }

    /** Copies the rest and returns the result; must be the last call. */
    public ByteBuffer finish() {
        copyTo(length);
        return out == json
                ? ByteBuffer.wrap(out, begin, end - begin).slice()
                : ByteBuffer.wrap(end == out.length ? out : Arrays.copyOf(out, end));
    }

    private void minify(int from, int to) {
        int kept = from;
        for (int i = from; i < to; i++) {
            byte b = json[i];
            if (b == '"') {
                i = JsonBytes.closingQuote(json, i + 1, to);
            } else if (b >= 0 && b <= ' ') {
                append(json, kept, i - kept);
                kept = i + 1;
            }
        }
        append(json, kept, to - kept);
    }

    private void append(byte[] bytes, int from, int count) {
        if (out == json && bytes == json && end > from) {
            throw new IllegalStateException("more was put in than there is room for");
        }
        if (end + count > out.length) {
            out = Arrays.copyOf(out, Math.max(end + count, out.length + out.length / 2));
        }
        System.arraycopy(bytes, from, out, end, count);
        end += count;
    }
}
