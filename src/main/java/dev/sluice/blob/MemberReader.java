package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
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

    private static final int CHUNK = 1 << 16;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private ByteBuffer member = ByteBuffer.allocate(0);
    private int left;

    /** Begins with a member whose content is known to have so many bytes. */
    void begin(byte[] buffer, int offset, int length, int contentBytes) {
        check(buffer, offset, length, contentBytes);
        begin(ByteBuffer.wrap(buffer, offset, length).slice());
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

    private void begin(ByteBuffer whole) {
        member = whole.order(ByteOrder.LITTLE_ENDIAN);
        inflater.reset();
        inflater.setInput(whole.duplicate().position(HEADER));
        checksum.reset();
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
        checkSum();
    }

    private void checkSum() {
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

    /** Adds the content of members that follow each other to a digest. */
    static void digest(ByteBuffer members, MessageDigest digest) {
        try (MemberReader reader = new MemberReader()) {
            byte[] chunk = new byte[CHUNK];
            while (members.hasRemaining()) {
                reader.begin(members.slice());
                reader.digest(digest, chunk);
                int length = HEADER + reader.inflater.getTotalIn() + TRAILER;
                members.position(members.position() + length);
            }
        }
    }

    private void digest(MessageDigest digest, byte[] chunk) {
        ByteBuffer target = ByteBuffer.wrap(chunk);
        while (!inflater.finished()) {
            inflate(target.clear());
            checksum.update(chunk, 0, target.position());
            digest.update(chunk, 0, target.position());
        }
        checkSum();
    }

    private static IllegalStateException damaged(String why) {
        return new IllegalStateException("Compressed content is damaged: " + why + ".");
    }

    @Override
    public void close() {
        inflater.end();
    }
}
