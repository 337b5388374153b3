package dev.sluice.deid;

import java.util.Arrays;

/**
 * HKDF with SHA-256.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869</a>
 */
final class Hkdf {
    private Hkdf() {}

    /**
     * Derives a key. Keys with different infos tell nothing of each other.
     *
     * @param salt not secret; no bytes stand for as many zeros as a hash has bytes
     * @param length at most 255 hashes
     */
    static byte[] derive(byte[] secret, byte[] salt, byte[] info, int length) {
        Hmac extracted = new Hmac(new Hmac(salt.length == 0 ? new byte[Hmac.BYTES] : salt).of(secret));
        byte[] key = new byte[0];
        byte[] block = new byte[0];
        for (byte counter = 1; key.length < length; counter++) {
            byte[] message = Arrays.copyOf(block, block.length + info.length + 1);
            System.arraycopy(info, 0, message, block.length, info.length);
            message[message.length - 1] = counter;
            block = extracted.of(message);
            int before = key.length;
            key = Arrays.copyOf(key, before + block.length);
            System.arraycopy(block, 0, key, before, block.length);
        }
        return Arrays.copyOf(key, length);
    }
}
