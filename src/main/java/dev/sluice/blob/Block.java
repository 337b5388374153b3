package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * 8 MiB of a file on their way: filled by the writer's thread, then sealed, hashed, perhaps compressed, and stored by
 * others. Direct memory, so that neither the file system nor the socket copies it once more.
 */
final class Block {
    static final int SIZE = 8 << 20;

    /** What direct writes ask of an address; the block size of a disk is a divisor of it. */
    private static final int ALIGNMENT = 4096;

    private final ByteBuffer plain =
            ByteBuffer.allocateDirect(SIZE + ALIGNMENT).alignedSlice(ALIGNMENT).slice(0, SIZE);
    private @Nullable GzipMember compressor;
    private @Nullable ByteBuffer compressed;
    private boolean ofMembers;

    /** Takes as many of the bytes as there is room for, and says how many. */
    int fill(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, plain.remaining());
        plain.put(bytes, offset, taken);
        return taken;
    }

    /** Takes content that comes out of a member, as far as there is room. */
    void fill(MemberReader member) {
        member.read(plain);
    }

    /** Takes a whole member in place of content; false if there is no room. */
    boolean add(byte[] member, int offset, int length) {
        if (plain.remaining() < length) {
            return false;
        }
        plain.put(member, offset, length);
        ofMembers = true;
        return true;
    }

    /** Whether it holds members, and can hold nothing else. */
    boolean isOfMembers() {
        return ofMembers;
    }

    boolean hasContent() {
        return plain.position() > 0;
    }

    boolean isFull() {
        return !plain.hasRemaining();
    }

    void seal() {
        plain.flip();
    }

    void compress() {
        if (ofMembers) {
            return;
        }
        if (compressor == null) {
            compressor = new GzipMember();
        }
        compressed = compressor.compress(content());
    }

    /** Adds the content, without compression, to a digest. */
    void digest(MessageDigest digest) {
        if (ofMembers) {
            MemberReader.digest(content(), digest);
        } else {
            digest.update(content());
        }
    }

    private ByteBuffer content() {
        return plain.asReadOnlyBuffer();
    }

    /** What goes to the storage. */
    ByteBuffer stored() {
        return compressed == null ? content() : compressed.asReadOnlyBuffer();
    }

    void clear() {
        plain.clear();
        compressed = null;
        ofMembers = false;
    }
}
