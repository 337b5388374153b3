package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses one block to one gzip member at level 1; a file is the concatenation of its members. The same content gives
 * the same bytes each time.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class GzipMember {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 4, (byte) 0xff};
    private static final int TRAILER = 8;
    /** Incompressible content grows by five bytes for every few KiB, and by the frame. */
    private static final int GROWTH = 64 << 10;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 crc = new CRC32();
    private final ByteBuffer member =
            ByteBuffer.allocateDirect(Block.SIZE + GROWTH).order(ByteOrder.LITTLE_ENDIAN);

    /** What a member holds: its CRC-32, and its size. */
    record Content(int crc, int bytes) {
        /** As the member itself states it. */
        static Content of(byte[] buffer, int offset, int length) {
            ByteBuffer member = ByteBuffer.wrap(buffer, offset, length).order(ByteOrder.LITTLE_ENDIAN);
            int trailer = offset + length - TRAILER;
            return new Content(member.getInt(trailer), member.getInt(trailer + 4));
        }
    }

    /** What the last member holds. */
    Content content() {
        return new Content((int) crc.getValue(), deflater.getTotalIn());
    }

    /** The member, in memory that the next call overwrites. */
    ByteBuffer compress(ByteBuffer content) {
        int size = content.remaining();
        crc.reset();
        crc.update(content.duplicate());
        member.clear().put(HEADER);
        deflater.reset();
        deflater.setInput(content);
        deflater.finish();
        while (!deflater.finished()) {
            if (member.remaining() <= TRAILER) {
                throw new IllegalStateException("A block of " + size + " bytes grew too much under gzip.");
            }
            deflater.deflate(member);
        }
        return member.putInt((int) crc.getValue()).putInt(size).flip();
    }
}
