package dev.sluice.deid;

import java.util.HexFormat;

/**
 * The method {@code cryptoHash}: HMAC-SHA256 of a value as 64 hexadecimal digits. Equal ids have equal hashes, with and
 * without a reference around them, so references still lead to their targets. Immutable.
 */
final class CryptoHash {
    private final Hmac hmac;
    private final int length;

    CryptoHash(byte[] key) {
        this(new Hmac(key), 2 * Hmac.BYTES);
    }

    private CryptoHash(Hmac hmac, int length) {
        this.hmac = hmac;
        this.length = length;
    }

    /** The setting {@code truncateToMaxLength}: the same hashes, of which only the first digits are kept. */
    CryptoHash truncated(int maxLength) {
        return new CryptoHash(hmac, Math.min(maxLength, 2 * Hmac.BYTES));
    }

    /** The hash of any value but the text of a reference. An empty value stays. */
    String value(String value) {
        return value.isEmpty() ? value : digits(hmac.of(value));
    }

    /** The same for a value as UTF-8. */
    String value(byte[] buffer, int offset, int size) {
        return digits(hmac.of(buffer, offset, size));
    }

    private String digits(byte[] hash) {
        return HexFormat.of().formatHex(hash).substring(0, length);
    }

    /** The text of {@code Reference.reference} with the hash of the id in its place. */
    String reference(String text) {
        return ReferenceIds.replace(text, this::value);
    }
}
