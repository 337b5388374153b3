package dev.sluice.cli;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into lines and counts them. Blank lines are left out, as NDJSON allows; a CR before the LF is white
 * space in JSON. Holds one line at a time; for use by one thread; does not close the stream.
 */
final class LineReader {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int position;
    private int filled;
    private long bytes;
    private long number;
    private long lines;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** The next line that is not blank, without its LF; null at the end. */
    byte @Nullable [] next() throws IOException {
        while (advance()) {
            number++;
            byte[] next = line.toByteArray();
            if (!isBlank(next)) {
                lines++;
                return next;
            }
        }
        return null;
    }

    /** The number of the current line, from 1; blank lines count. */
    long number() {
        return number;
    }

    /** Lines so far, without blank ones. */
    long lines() {
        return lines;
    }

    /** Bytes read so far: all of the stream's, once {@link #next} gave null. */
    long bytes() {
        return bytes;
    }

    private boolean advance() throws IOException {
        line.reset();
        boolean some = false;
        while (position < filled || fill()) {
            some = true;
            int start = position;
            position = JsonBytes.next((byte) '\n', buffer, start, filled);
            line.write(buffer, start, position - start);
            if (position < filled) {
                position++;
                return true;
            }
            if (line.size() > FhirJson.MAX_RESOURCE_BYTES + 1) {
                throw new IOException("line " + (number + 1) + " is larger than 64 MB");
            }
        }
        return some;
    }

    private boolean fill() throws IOException {
        position = 0;
        filled = Math.max(in.read(buffer, 0, buffer.length), 0);
        bytes += filled;
        return filled > 0;
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }
}
