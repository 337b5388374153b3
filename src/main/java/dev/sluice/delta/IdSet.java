package dev.sluice.delta;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A set of ids, of which it keeps 128 bits of a cryptographic hash each. Two ids with equal bits do not occur, even if a
 * person looks for them. For use by one thread.
 */
final class IdSet {
    /** A full set takes 32 MB. */
    static final int MOST = 1 << 20;

    private static final int FIRST = 1 << 10;

    private final MessageDigest sha256 = DigestUtils.getSha256Digest();
    private final int most;
    private long[] slots = new long[4 * FIRST];
    private int size;

    IdSet() {
        this(MOST);
    }

    /** @param most the number of ids that it takes */
    IdSet(int most) {
        this.most = most;
    }

    boolean isFull() {
        return size == most;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        Arrays.fill(slots, 0);
        size = 0;
    }

    void add(byte[] id) {
        if (4 * (size + 1) > slots.length) {
            grow();
        }
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest(id));
        long high = hash.getLong();
        long low = marked(hash.getLong());
        int at = slot(high, low);
        if (slots[at + 1] == 0) {
            slots[at] = high;
            slots[at + 1] = low;
            size++;
        }
    }

    boolean contains(byte[] id) {
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest(id));
        long high = hash.getLong();
        return slots[slot(high, marked(hash.getLong())) + 1] != 0;
    }

    /** A free slot has a zero. */
    private static long marked(long low) {
        return low | 1;
    }

    /** The place of a hash, or the free one where it would be. Half of the slots are free. */
    private int slot(long high, long low) {
        int last = slots.length / 2 - 1;
        int at = (int) high & last;
        while (slots[2 * at + 1] != 0 && (slots[2 * at] != high || slots[2 * at + 1] != low)) {
            at = (at + 1) & last;
        }
        return 2 * at;
    }

    private void grow() {
        long[] before = slots;
        slots = new long[2 * before.length];
        for (int i = 0; i < before.length; i += 2) {
            if (before[i + 1] != 0) {
                int at = slot(before[i], before[i + 1]);
                slots[at] = before[i];
                slots[at + 1] = before[i + 1];
            }
        }
    }
}
