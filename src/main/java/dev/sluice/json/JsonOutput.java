package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The JSON that is being written. What was written last can be taken back. For use by one thread. */
public final class JsonOutput {
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
    private static final int SMALL = 1 << 12;

    /** A larger array is not kept for the next JSON. */
    private static final int LARGE = 1 << 20;

    /** A longer string is not copied. */
    private static final int LONG = 1 << 12;

    private final List<Reference> references = new ArrayList<>();
    private byte[] bytes = new byte[SMALL];
    private int size;

    /** Takes JSON in parts. */
    @FunctionalInterface
    public interface Receiver {
        /** Takes the next bytes, which may change after the call. */
        void write(byte[] bytes, int offset, int length);
    }

    /** What is in a string whose quotes were written around this place. */
    private record Reference(int at, byte[] source, int from, int to) {
        Reference moved(int by) {
            return new Reference(at + by, source, from, to);
        }
    }

    public void clear() {
        size = 0;
        references.clear();
    }

    /** Forgets what was written, and the room for it. */
    public void release() {
        clear();
        bytes = new byte[SMALL];
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
        while (!references.isEmpty() && references.get(references.size() - 1).at > to) {
            references.remove(references.size() - 1);
        }
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

    /**
     * Writes a value that is a string, a number or a word. A long string is not copied, so that it is in memory only once: it
     * must not change until the output is taken.
     */
    public void value(byte[] source, int from, int to) {
        if (to - from <= LONG || source[from] != '"') {
            put(source, from, to);
            return;
        }
        put('"');
        references.add(new Reference(size, source, from + 1, to - 1));
        put('"');
    }

    /** Writes all that was written elsewhere. */
    public void put(JsonOutput other) {
        for (Reference reference : other.references) {
            references.add(reference.moved(size));
        }
        put(other.bytes, 0, other.size);
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
        references.replaceAll(reference -> reference.at < at ? reference : reference.moved(source.length));
    }

    /** Gives all that was written to a receiver, and forgets it. */
    public void take(Receiver receiver) {
        int done = 0;
        for (Reference reference : references) {
            receiver.write(bytes, done, reference.at - done);
            receiver.write(reference.source, reference.from, reference.to - reference.from);
            done = reference.at;
        }
        receiver.write(bytes, done, size - done);
        bytes = bytes.length > LARGE ? new byte[SMALL] : bytes;
        clear();
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
