package dev.sluice.blob;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 8 MiB of a file on their way, or 4: filled by the writer's thread, then sealed, hashed, perhaps compressed, and stored by
 * others. Direct memory, so that neither the file system nor the socket copies it once more.
 */
final class Block {
    /** A heap with less than this is small, in bytes. */
    private static final long SMALL = 384 << 20;

    static final int LARGEST = 8 << 20;

    /** Half as much for a small JVM, of which the blocks would otherwise be a large part. */
    static final int SIZE = Runtime.getRuntime().maxMemory() < SMALL ? LARGEST / 2 : LARGEST;

    /** What direct writes ask of an address; the block size of a disk is a divisor of it. */
    private static final int ALIGNMENT = 4096;

    private final ByteBuffer plain =
            ByteBuffer.allocateDirect(SIZE + ALIGNMENT).alignedSlice(ALIGNMENT).slice(0, SIZE);
    private @Nullable GzipMember compressor;
    private @Nullable ByteBuffer compressed;
    /** What the members of it hold, in their order. */
    private final List<GzipMember.Content> packed = new ArrayList<>();

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
        packed.add(GzipMember.Content.of(member, offset, length));
        return true;
    }

    /** Whether it holds members, and can hold nothing else. */
    boolean isOfMembers() {
        return compressed == null && !packed.isEmpty();
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
        if (isOfMembers()) {
            return;
        }
        if (compressor == null) {
            compressor = new GzipMember();
        }
        compressed = compressor.compress(content());
        packed.add(compressor.content());
    }

    /** Adds what goes to the storage to a digest, and, if it is compressed, its content to a checksum. */
    void digest(MessageDigest digest, Crc content) {
        digest.update(stored());
        packed.forEach(member -> content.add(member.crc(), member.bytes()));
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
        packed.clear();
    }
}
