package dev.sluice.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/**
 * Lines that are kept together in compressed form.
 *
 * @param buffer holds the lines as one gzip member; the taker's to keep
 * @param offset where the member begins
 * @param length of the member, in bytes
 * @param count number of lines
 * @param bytes of the lines, newlines included
 */
public record SealedLines(byte[] buffer, int offset, int length, int count, int bytes) {
    /** Gives each line to the sink, without its newline. */
    void each(RowStream.Sink sink) {
        byte[] lines = lines();
        int start = 0;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i] == '\n') {
                sink.row(lines, start, i - start);
                start = i + 1;
            }
        }
    }

    private byte[] lines() {
        try (GZIPInputStream member =
                new GZIPInputStream(new ByteArrayInputStream(buffer, offset, length), Math.max(512, length))) {
            byte[] lines = new byte[bytes];
            if (member.readNBytes(lines, 0, bytes) != bytes || member.read() >= 0) {
                throw new IOException("it does not have the " + bytes + " bytes that are stated");
            }
            return lines;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "A sealed segment is not what it says: " + e.getMessage()
                            + ". Empty the table segment; it is made anew.",
                    e);
        }
    }
}
