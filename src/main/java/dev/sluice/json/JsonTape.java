package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import java.util.Arrays;

/**
 * The tokens of one JSON object as numbers: for each name and value, its kind, its first byte, the byte behind it, and the
 * node that follows it. It takes a fraction of the time and memory of a tree, and values keep their bytes.
 *
 * <p>Nodes are numbered in document order, so the first child of a node is the next number. In an object, names and values
 * alternate. The JSON was checked when it came; of anything else the result is undefined or an {@link
 * IllegalArgumentException}. For use by one thread; a tape can be used again.
 */
public final class JsonTape {
    /** What a node is. */
    public static final int NAME = 0;

    public static final int STRING = 1;

    /** A number, true or false. */
    public static final int WORD = 2;

    public static final int NULL = 3;
    public static final int OBJECT = 4;
    public static final int ARRAY = 5;

    private static final int WIDTH = 4;
    private static final int KIND = 0;
    private static final int START = 1;
    private static final int END = 2;
    private static final int NEXT = 3;

    /** Of a name or a string: it has escapes. */
    private static final int ESCAPED = 8;

    /** Bytes that are written for a byte of a text at most. */
    private static final int LONGEST_ESCAPE = 6;

    /** More than this is not kept for the next JSON. */
    private static final int LARGE = 1 << 18;

    private byte[] json = new byte[0];
    private int[] tape = new int[WIDTH << 9];
    private int[] open = new int[32];
    private int nodes;
    private int depth;
    private int deepest;

    /** Reads an object. Its bytes must not change while the tape is used. */
    public void read(byte[] bytes, int offset, int length) {
        json = bytes;
        nodes = 0;
        depth = 0;
        deepest = 0;
        if (tape.length > LARGE) {
            tape = new int[WIDTH << 9];
        }
        int end = offset + length;
        try {
            int i = skipSpace(offset, end);
            do {
                i = skipSpace(token(i, end), end);
            } while (depth > 0);
            if (i != end) {
                throw new IllegalArgumentException("there is something behind the JSON");
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the JSON has no end", e);
        }
    }

    /** Reads the name, value, bracket or comma that begins here, and returns where it ends. */
    private int token(int i, int end) {
        switch (json[i]) {
            case '"' -> {
                return string(i, end);
            }
            case '{' -> {
                open(OBJECT, i);
                return i + 1;
            }
            case '[' -> {
                open(ARRAY, i);
                return i + 1;
            }
            case '}', ']' -> {
                int node = open[--depth] * WIDTH;
                tape[node + END] = i + 1;
                tape[node + NEXT] = nodes;
                return i + 1;
            }
            case ',' -> {
                return i + 1;
            }
            default -> {
                return word(i, end);
            }
        }
    }

    private int string(int i, int end) {
        int close = JsonBytes.quoteOrBackslash(json, i + 1, end);
        int escaped = 0;
        if (close < end && json[close] == '\\') {
            escaped = ESCAPED;
            close = JsonBytes.closingQuote(json, close, end);
        }
        int after = skipSpace(close + 1, end);
        if (after < end && json[after] == ':') {
            add(NAME | escaped, i, close + 1);
            return after + 1;
        }
        add(STRING | escaped, i, close + 1);
        return after;
    }

    private int word(int from, int end) {
        int i = from;
        while (i < end && json[i] > ' ' && json[i] != ',' && json[i] != '}' && json[i] != ']') {
            i++;
        }
        if (i == from) {
            throw new IllegalArgumentException("there is no JSON value");
        }
        add(json[from] == 'n' ? NULL : WORD, from, i);
        return i;
    }

    private void open(int kind, int start) {
        if (depth == open.length) {
            open = Arrays.copyOf(open, 2 * depth);
        }
        open[depth++] = nodes;
        deepest = Math.max(deepest, depth);
        add(kind, start, 0);
    }

    private void add(int kind, int start, int end) {
        int at = nodes * WIDTH;
        if (at == tape.length) {
            tape = Arrays.copyOf(tape, 2 * at);
        }
        tape[at + KIND] = kind;
        tape[at + START] = start;
        tape[at + END] = end;
        tape[at + NEXT] = ++nodes;
    }

    private int skipSpace(int from, int end) {
        int i = from;
        while (i < end && json[i] <= ' ' && json[i] >= 0) {
            i++;
        }
        return i;
    }

    public byte[] json() {
        return json;
    }

    /** How many names and values there are. */
    public int size() {
        return nodes;
    }

    /** How many objects and arrays are in each other at most. */
    public int deepest() {
        return deepest;
    }

    /** Forgets what was read, so that its bytes need not stay in memory. */
    public void clear() {
        json = new byte[0];
        nodes = 0;
    }

    /** One of the constants of this class. */
    public int kind(int node) {
        return tape[node * WIDTH + KIND] & ~ESCAPED;
    }

    public boolean isContainer(int node) {
        return kind(node) >= OBJECT;
    }

    /** The first byte, which is a quote or a bracket if there is one. */
    public int start(int node) {
        return tape[node * WIDTH + START];
    }

    /** The byte behind its last. */
    public int end(int node) {
        return tape[node * WIDTH + END];
    }

    /** The node behind it and all that is in it. */
    public int next(int node) {
        return tape[node * WIDTH + NEXT];
    }

    /** Whether the text of a name or a string is not what its bytes are. */
    public boolean isEscaped(int node) {
        return (tape[node * WIDTH + KIND] & ESCAPED) != 0;
    }

    /** The text of a name or a string, or how a number or a word is spelled. */
    public String text(int node) {
        if (isEscaped(node)) {
            return FhirJson.stored(json, start(node), end(node)).stringValue();
        }
        int quote = kind(node) <= STRING ? 1 : 0;
        return new String(json, start(node) + quote, end(node) - start(node) - 2 * quote, UTF_8);
    }

    /** The value of a field of an object, or -1. */
    public int find(int object, byte[] name) {
        int end = next(object);
        for (int field = object + 1; field < end; field = next(field + 1)) {
            if (is(field, name)) {
                return field + 1;
            }
        }
        return -1;
    }

    /** Whether the length of a name or a string is one that this text can have. */
    public boolean fits(int node, byte[] text) {
        int length = end(node) - start(node) - 2;
        return isEscaped(node)
                ? length >= text.length && length <= (long) LONGEST_ESCAPE * text.length
                : length == text.length;
    }

    /** Whether a name or a string is this one. */
    public boolean is(int node, byte[] text) {
        if (!fits(node, text)) {
            return false;
        }
        return isEscaped(node)
                ? text(node).equals(new String(text, UTF_8))
                : Arrays.equals(json, start(node) + 1, end(node) - 1, text, 0, text.length);
    }

    /** Where a node is, such as {@code component[2].valueQuantity.value}. */
    public String path(int node) {
        StringBuilder path = new StringBuilder();
        int at = 0;
        while (at != node) {
            at = kind(at) == OBJECT ? field(at, node, path) : element(at, node, path);
        }
        return path.toString();
    }

    private int field(int object, int node, StringBuilder path) {
        int field = object + 1;
        while (next(field + 1) <= node) {
            field = next(field + 1);
        }
        path.append(path.isEmpty() ? "" : ".").append(text(field));
        return field + 1;
    }

    private int element(int array, int node, StringBuilder path) {
        int index = 0;
        int element = array + 1;
        while (next(element) <= node) {
            element = next(element);
            index++;
        }
        path.append('[').append(index).append(']');
        return element;
    }
}
