package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses one block at level 1, to data that can be concatenated with that of other blocks. The same content always
 * compresses to the same bytes.
 */
final class BlockCompressor {
    /** Incompressible content grows by five bytes for every few KiB, and by the frame of the file. */
    private static final int GROWTH = 64 << 10;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 crc = new CRC32();
    private final ByteBuffer compressed = ByteBuffer.allocateDirect(Block.SIZE + GROWTH);

    /** CRC-32 of the last content. */
    int crc() {
        return (int) crc.getValue();
    }

    /** A header and the data, with room behind it for the end of a file, in memory that the next call overwrites. */
    ByteBuffer compress(ByteBuffer content) {
        int size = content.remaining();
        crc.reset();
        crc.update(content.duplicate());
        GzipFrame.putHeader(compressed.clear());
        if (size > 0) {
            deflater.reset();
            deflater.setInput(content);
            deflater.deflate(compressed, Deflater.SYNC_FLUSH);
            if (compressed.remaining() < GzipFrame.END) {
                throw new IllegalStateException("A block of " + size + " bytes grew too much under gzip.");
            }
        }
        return compressed;
    }
}
