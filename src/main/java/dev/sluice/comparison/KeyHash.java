package dev.sluice.comparison;

import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A resource's type and id in 128 bits: the first 16 bytes of the SHA-256 of {@code Type/id}. Two of a billion
 * resources share one with a probability of 10<sup>-21</sup>; then one would be taken for a repetition of the other.
 */
public record KeyHash(long high, long low) {
    public static KeyHash of(String type, String id) {
        ByteBuffer hash = ByteBuffer.wrap(DigestUtils.sha256(type + "/" + id));
        return new KeyHash(hash.getLong(), hash.getLong());
    }
}
