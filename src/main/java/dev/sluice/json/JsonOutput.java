package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The JSON that is being written. What was written last can be taken back. For use by one thread. */
public final class JsonOutput {
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
    private static final int SMALL = 1 << 12;

    /** A larger array is not kept for the next JSON. */
    private static final int LARGE = 1 << 20;

    private byte[] bytes = new byte[SMALL];
    private int size;

    public void clear() {
        size = 0;
    }

    public int size() {
        return size;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Takes back what was written behind this size. */
    public void truncate(int to) {
        size = to;
    }

    public void put(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
    }

    public void put(byte[] source) {
        put(source, 0, source.length);
    }

    public void put(byte[] source, int from, int to) {
        int length = to - from;
        reserve(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /** Writes text as it is, such as a number. */
    public void raw(String text) {
        put(text.getBytes(UTF_8));
    }

    /** Writes text as a JSON string. */
    @SuppressWarnings("deprecation") // the characters are ASCII
    public void string(String text) {
        int length = text.length();
        if (!isPlain(text)) {
            escaped(text);
            return;
        }
        reserve(length + 2);
        bytes[size++] = '"';
        text.getBytes(0, length, bytes, size);
        size += length;
        bytes[size++] = '"';
    }

    /** Moves what is behind a place, and writes there. */
    public void insert(int at, byte[] source) {
        reserve(source.length);
        System.arraycopy(bytes, at, bytes, at + source.length, size - at);
        System.arraycopy(source, 0, bytes, at, source.length);
        size += source.length;
    }

    /** All that was written. The array of a large one is handed over, so that it is in memory only once. */
    public ByteBuffer take() {
        boolean large = bytes.length > LARGE;
        ByteBuffer result = large ? ByteBuffer.wrap(bytes, 0, size) : ByteBuffer.wrap(Arrays.copyOf(bytes, size));
        bytes = large ? new byte[SMALL] : bytes;
        size = 0;
        return result;
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void escaped(String text) {
        put('"');
        for (byte b : text.getBytes(UTF_8)) {
            if (b == '"' || b == '\\') {
                put('\\');
                put((char) b);
            } else if (b >= 0 && b < ' ') {
                raw("\\u00");
                put((char) HEX[b >> 4]);
                put((char) HEX[b & 15]);
            } else {
                reserve(1);
                bytes[size++] = b;
            }
        }
        put('"');
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
