package dev.sluice.ingest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Copies valid JSON from front to back without the white space between its tokens, putting other text in the place of
 * some of it. Whatever is copied keeps its bytes.
 *
 * <p>For use by one thread. Positions count from the beginning of the JSON and lie between tokens.
 */
final class Splicer {
    private final byte[] json;
    private final int offset;
    private final int length;
    private final ByteArrayOutputStream out;
    private int position;

    Splicer(byte[] json, int offset, int length) {
        this.json = json;
        this.offset = offset;
        this.length = length;
        this.out = new ByteArrayOutputStream(length + 96);
    }

    /** Copies up to this position. */
    Splicer copyTo(int end) {
        minify(offset + position, offset + end);
        position = end;
        return this;
    }

    /** Leaves out up to this position. */
    Splicer skipTo(int end) {
        position = end;
        return this;
    }

    /** Adds text of its own. */
    Splicer put(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** How many bytes there are now. */
    int size() {
        return out.size();
    }

    /** Copies the rest, and returns it all. */
    byte[] finish() {
        copyTo(length);
        return out.toByteArray();
    }

    private void minify(int from, int to) {
        int kept = from;
        for (int i = from; i < to; i++) {
            byte b = json[i];
            if (b == '"') {
                i = endOfString(i);
            } else if (b >= 0 && b <= ' ') {
                out.write(json, kept, i - kept);
                kept = i + 1;
            }
        }
        out.write(json, kept, to - kept);
    }

    private int endOfString(int quote) {
        int i = quote + 1;
        while (json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return i;
    }
}
