package dev.sluice.store;

import dev.sluice.json.JsonBytes;
import dev.sluice.json.ZlibBuffers;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The lines of a sealed segment, in compressed form.
 *
 * @param buffer holds the lines as deflate blocks of which none is final and the last one is empty, so that they end on
 *     a byte boundary and can be joined; the receiver may keep it
 * @param offset where the blocks begin
 * @param length of the blocks, in bytes
 * @param count number of lines
 * @param bytes of the lines, newlines included
 * @param crc32 CRC-32 of the lines
 */
public record SealedLines(byte[] buffer, int offset, int length, int count, int bytes, int crc32) {
    /** Passes each line to the sink, without its newline. */
    void each(RowStream.Sink sink) {
        byte[] lines = lines();
        int start = 0;
        for (int end = lineEnd(lines, start); end < lines.length; end = lineEnd(lines, start)) {
            sink.row(lines, start, end - start);
            start = end + 1;
        }
    }

    private static int lineEnd(byte[] lines, int start) {
        return JsonBytes.next((byte) '\n', lines, start, lines.length);
    }

    private byte[] lines() {
        byte[] lines = new byte[bytes];
        Inflater inflater = new Inflater(true);
        try {
            int filled = ZlibBuffers.inflate(inflater, buffer, offset, length, lines);
            CRC32 checksum = new CRC32();
            checksum.update(lines);
            if (filled != bytes || (int) checksum.getValue() != crc32) {
                throw new DataFormatException("its lines are not those that are stated");
            }
            return lines;
        } catch (DataFormatException e) {
            throw new IllegalStateException(
                    "A sealed segment is not what it says: " + e.getMessage()
                            + ". Empty the table segment; Sluice fills it again.",
                    e);
        } finally {
            inflater.end();
        }
    }
}
