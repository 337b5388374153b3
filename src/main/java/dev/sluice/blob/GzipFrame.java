package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;

/**
 * Creates the header and the trailer that make one gzip member of joined deflate data. The trailer is an empty final
 * block, the CRC-32 of the content and its length. A file has only one member, because HTTP clients such as {@code curl
 * --compressed}, browsers and Java's client read the first member and ignore the rest without an error.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class GzipFrame {
    private static final byte[] START = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    /** A final block with fixed codes, and nothing in it but its end. */
    private static final byte[] FINAL_BLOCK = {3, 0};

    static final int HEADER = START.length;
    static final int END = FINAL_BLOCK.length + 8;

    private GzipFrame() {}

    static void putHeader(ByteBuffer file) {
        file.put(START);
    }

    /** The length is kept modulo 2^32. */
    static void putEnd(ByteBuffer file, Crc32Combiner content) {
        file.put(FINAL_BLOCK)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(content.value())
                .putInt((int) content.bytes());
    }
}
