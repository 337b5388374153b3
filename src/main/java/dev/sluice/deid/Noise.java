package dev.sluice.deid;

/**
 * Noise that follows from a key and a place, so that it is the same at each run with this key: somebody who has many
 * exports cannot remove it by the mean of their values. Immutable.
 */
final class Noise {
    private static final double TWO_TO_MINUS_53 = 0x1p-53;

    private final Hmac hmac;

    Noise(byte[] key) {
        hmac = new Hmac(key);
    }

    /**
     * A number that is at least 0 and less than 1.
     *
     * @param resource the type and the id of the resource
     * @param path the place in it, with indexes
     */
    double at(String resource, String path) {
        byte[] hash = hmac.of(resource + '\0' + path);
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            bits = bits << Byte.SIZE | Byte.toUnsignedLong(hash[i]);
        }
        return (bits >>> 11) * TWO_TO_MINUS_53;
    }
}
