package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the content of gzip members that have a plain header, and holds it to their checksums. Used by one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class MemberReader implements AutoCloseable {
    private static final int HEADER = 10;
    private static final int TRAILER = 8;
    /** Magic number and method, and no flag: nothing stands between header and content. */
    private static final int START = 0x00_08_8b_1f;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private ByteBuffer member = ByteBuffer.allocate(0);
    private int left;

    /** Begins with a member whose content is known to have so many bytes. */
    void begin(byte[] buffer, int offset, int length, int contentBytes) {
        check(buffer, offset, length, contentBytes);
        member = ByteBuffer.wrap(buffer, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        inflater.reset();
        inflater.setInput(member.duplicate().position(HEADER));
        checksum.reset();
        left = contentBytes;
    }

    /** Whether a member has a plain header, and says of itself that its content has so many bytes. */
    static void check(byte[] buffer, int offset, int length, int contentBytes) {
        ByteBuffer member = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
        if (length < HEADER + TRAILER || member.getInt(offset) != START) {
            throw damaged("it has no plain gzip header");
        }
        if (member.getInt(offset + length - 4) != contentBytes) {
            throw damaged("it does not hold " + contentBytes + " bytes");
        }
    }

    boolean hasMore() {
        return left > 0;
    }

    /** Reads into a buffer until it is full or the member at its end. */
    void read(ByteBuffer target) {
        int start = target.position();
        while (left > 0 && target.hasRemaining()) {
            left -= inflate(target);
        }
        checksum.update(target.duplicate().flip().position(start));
        if (left == 0) {
            end();
        }
    }

    private void end() {
        if (!inflater.finished()) { // it had no room to see its end
            inflate(ByteBuffer.allocate(1));
        }
        if (!inflater.finished()) {
            throw damaged("it goes on after its end");
        }
        if ((int) checksum.getValue() != member.getInt(HEADER + inflater.getTotalIn())) {
            throw damaged("its checksum is another one");
        }
    }

    private int inflate(ByteBuffer target) {
        try {
            int read = inflater.inflate(target);
            if (read == 0 && !inflater.finished()) {
                throw damaged("it ends too early");
            }
            return read;
        } catch (DataFormatException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private static IllegalStateException damaged(String why) {
        return new IllegalStateException("Compressed content is damaged: " + why + ".");
    }

    @Override
    public void close() {
        inflater.end();
    }
}
