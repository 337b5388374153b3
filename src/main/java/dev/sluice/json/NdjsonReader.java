package dev.sluice.json;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * Splits a stream into lines of any length and counts them.
 *
 * <p>Only the current line is in memory; a line that exceeds the size limit of a resource is skipped. Lines end with
 * LF; a CR before it is white space to JSON. For use by one thread; it does not close the stream.
 */
public final class NdjsonReader {
    private static final int FIRST_BUFFER = 1 << 18;

    /** So that a line one byte too long is seen to be that, with a CR at its end or without. */
    private static final int LARGEST_BUFFER = JsonRewriter.ROOM + FhirJson.MAX_RESOURCE_BYTES + 2;

    /**
     * While a buffer grows, the old and the new one are both in memory. Growth by this amount, at most a quarter, lets
     * even a small heap hold the largest line.
     */
    private static final int GROWTH = 4;

    /** The values of shorter lines are not counted: one line, even of single digits, takes no more than a batch. */
    private static final int UNCOUNTED = 1 << 16;

    /**
     * The largest number of bytes in blank lines and in lines that are too long. They load nothing, so that compressed ones
     * could keep a thread busy for as long as a client likes.
     */
    private static final long MOST_SKIPPED = 1L << 30;

    /** How many more blank lines than other lines a file may have. A large file may have one after each line. */
    private static final int MOST_BLANK = 1 << 24;

    private final InputStream in;
    private final MemoryBudget.Claim memory;
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int filled = JsonRewriter.ROOM; // free space before every line, so that it can be rewritten in place
    private int start;
    private int end = JsonRewriter.ROOM - 1;
    private boolean tooLong;
    private boolean ended;
    private long number;
    private long blank;
    private long skipped;

    /**
     * @param memory is asked before a long line is held
     */
    public NdjsonReader(InputStream in, MemoryBudget.Claim memory) {
        this.in = in;
        this.memory = memory;
    }

    /** A reader that may hold a line of any length at any time. */
    public NdjsonReader(InputStream in) {
        this(in, new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).claim());
    }

    /**
     * Goes to the next line that is not blank; false if there is none.
     *
     * @throws FhirException 400 if too much was skipped
     */
    public boolean next() throws IOException {
        while (advance()) {
            number++;
            if (tooLong || !isBlank()) {
                if (length() > UNCOUNTED) {
                    memory.grow(length(), MemoryBudget.treeBytes(buffer, start, length()));
                }
                return true;
            }
            blank++;
            skip(length());
        }
        return false;
    }

    private void skip(int bytes) {
        skipped += bytes;
        if (skipped > MOST_SKIPPED || 2 * blank - number > MOST_BLANK) {
            throw FhirException.of(
                    400,
                    "too-costly",
                    "The content is given up at line " + Math.max(1, number)
                            + ": too much of it is in blank lines, or in" + " lines that are larger than "
                            + (FhirJson.MAX_RESOURCE_BYTES >> 20) + " MB.");
        }
    }

    /** The number of the current line, from 1; blank lines count. */
    public long number() {
        return number;
    }

    /** Holds the current line until the next one is asked for. */
    public byte[] buffer() {
        return buffer;
    }

    public int offset() {
        return start;
    }

    public int length() {
        return end - start;
    }

    /** Whether the line is larger than a resource may be; then its text is lost. */
    public boolean tooLong() {
        return tooLong;
    }

    /** A copy of the current line. */
    public byte[] line() throws IOException {
        if (tooLong) {
            throw new IOException("line " + number + " is larger than 64 MB");
        }
        return Arrays.copyOfRange(buffer, start, end);
    }

    private boolean advance() throws IOException {
        tooLong = false;
        start = end + 1;
        giveBack();
        int searched = start;
        while (true) {
            end = JsonBytes.next((byte) '\n', buffer, searched, filled);
            if (end < filled) {
                return true;
            }
            if (ended) {
                end = filled;
                return tooLong || start < end;
            }
            makeRoom();
            searched = filled;
            fill();
        }
    }

    /** Does not hold the memory of a long line any longer than the line. */
    private void giveBack() {
        int rest = Math.max(filled - start, 0);
        if (buffer.length > MemoryBudget.SMALL && rest < FIRST_BUFFER / 2) {
            byte[] small = new byte[FIRST_BUFFER];
            System.arraycopy(buffer, filled - rest, small, JsonRewriter.ROOM, rest);
            buffer = small;
            filled = JsonRewriter.ROOM + rest;
            start = JsonRewriter.ROOM;
        }
        if (buffer.length <= MemoryBudget.SMALL) {
            memory.close();
        }
    }

    private void makeRoom() throws IOException {
        if (start > JsonRewriter.ROOM) {
            System.arraycopy(buffer, start, buffer, JsonRewriter.ROOM, filled - start);
            filled -= start - JsonRewriter.ROOM;
            start = JsonRewriter.ROOM;
        } else if (filled == LARGEST_BUFFER) {
            tooLong = true;
            skip(filled - JsonRewriter.ROOM);
            filled = JsonRewriter.ROOM;
        } else if (filled == buffer.length) {
            int more = GROWTH * filled;
            int size = more < FhirJson.MAX_RESOURCE_BYTES ? more : LARGEST_BUFFER;
            if (size > MemoryBudget.SMALL) {
                memory.grow(size, 0);
            }
            buffer = Arrays.copyOf(buffer, size);
        }
    }

    private void fill() throws IOException {
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            ended = true;
        } else {
            filled += read;
        }
    }

    private boolean isBlank() {
        for (int i = start; i < end; i++) {
            if (buffer[i] > ' ' || buffer[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
