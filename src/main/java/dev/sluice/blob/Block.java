package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of 8 or 4 MiB of a file. The writer's thread fills it; other threads compress, hash and store it. It is
 * direct memory, so that the file system and the socket need no copy of it.
 */
final class Block {
    /** A heap with less than this is small, in bytes. */
    private static final long SMALL = 384 << 20;

    static final int LARGEST = 8 << 20;

    /** Half as much for a small JVM, of which the blocks would otherwise be a large part. */
    static final int SIZE = Runtime.getRuntime().maxMemory() < SMALL ? LARGEST / 2 : LARGEST;

    /** The alignment of the buffers of direct writes, in bytes; a multiple of the block size of a disk. */
    private static final int ALIGNMENT = 4096;

    private final ByteBuffer plain =
            ByteBuffer.allocateDirect(SIZE + ALIGNMENT).alignedSlice(ALIGNMENT).slice(0, SIZE);
    private @Nullable BlockCompressor compressor;
    /** A gzip header, and the compressed data: of the compressor, or as it came. */
    private @Nullable ByteBuffer compressed;
    /** What the data in it holds, in its order. */
    private final List<ContentChecksum> parts = new ArrayList<>();

    private boolean deflated;
    private boolean beginsFile;

    /** CRC-32 and length of a part of the content. */
    private record ContentChecksum(int crc, int bytes) {}

    /** Takes as many of the bytes as there is room for, and says how many. */
    int fill(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, plain.remaining());
        plain.put(bytes, offset, taken);
        return taken;
    }

    /** Takes content that comes out of compressed data, as far as there is room. */
    void fill(DeflatedReader data) {
        data.read(plain);
    }

    /** Whether a block can hold compressed data of this length. */
    static boolean fits(DeflatedLines data) {
        return data.length() <= SIZE - GzipFrame.HEADER - GzipFrame.END;
    }

    /** Takes compressed data in place of content; false if there is no room. */
    boolean add(DeflatedLines data) {
        if (plain.position() == 0) {
            GzipFrame.putHeader(plain);
            compressed = plain;
            deflated = true;
        }
        if (plain.remaining() < data.length() + GzipFrame.END) {
            return false;
        }
        plain.put(data.buffer(), data.offset(), data.length());
        parts.add(new ContentChecksum(data.contentCrc32(), data.contentBytes()));
        return true;
    }

    /** Whether it was filled with compressed data, and can hold nothing else. */
    boolean isDeflated() {
        return deflated;
    }

    boolean hasContent() {
        return plain.position() > 0;
    }

    boolean isFull() {
        return !plain.hasRemaining();
    }

    void compress() {
        if (isDeflated()) {
            return;
        }
        if (compressor == null) {
            compressor = new BlockCompressor();
        }
        ByteBuffer content = content();
        int bytes = content.remaining();
        compressed = compressor.compress(content);
        parts.add(new ContentChecksum(compressor.crc(), bytes));
    }

    /** Has the gzip file begin with this block. */
    void beginFile() {
        beginsFile = true;
    }

    /** Adds what it holds to the checksum of the whole content. */
    void count(Crc32Combiner content) {
        parts.forEach(part -> content.add(part.crc(), part.bytes()));
    }

    /** Has the gzip file, whose whole content this is, end with this block. */
    void endFile(Crc32Combiner content) {
        GzipFrame.putEnd(Objects.requireNonNull(compressed), content);
    }

    /** Adds what goes to the storage to a digest. */
    void digest(MessageDigest digest) {
        digest.update(stored());
    }

    private ByteBuffer content() {
        return plain.asReadOnlyBuffer().flip();
    }

    /** What goes to the storage. */
    ByteBuffer stored() {
        return compressed == null
                ? content()
                : compressed.asReadOnlyBuffer().flip().position(beginsFile ? 0 : GzipFrame.HEADER);
    }

    void reset() {
        plain.clear();
        compressed = null;
        parts.clear();
        deflated = false;
        beginsFile = false;
    }
}
