package dev.sluice.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A resource's type and id in 128 bits: the first 16 bytes of the SHA-256 of {@code Type/id}. Two of a billion
 * resources share one with a probability of 10<sup>-21</sup>; then one would be taken for a repetition of the other.
 */
record Key(long high, long low) {
    static Key of(String type, String id) {
        ByteBuffer hash = sha256(type + "/" + id);
        return new Key(hash.getLong(), hash.getLong());
    }

    /** The hash of a text in UTF-8. */
    static ByteBuffer sha256(String text) {
        return ByteBuffer.wrap(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
