package dev.sluice.blob;

/**
 * Computes the CRC-32 of a content from the CRC-32 of its parts.
 *
 * <p>A CRC is a polynomial over GF(2), reduced by that of CRC-32. To put a part of n bytes behind another, the first
 * one's is multiplied by x^8n, and the second one's is added. Bit 31 is the factor of x^0, as in the CRC itself.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952#section-8">RFC 1952, section 8</a>
 */
final class Crc32Combiner {
    private static final int POLYNOMIAL = 0xedb88320;
    private static final int ONE = 1 << 31;
    private static final int X_TO_THE_8 = 1 << 23;

    private int value;
    private long bytes;

    /** Appends a part. */
    void add(int crc, long partBytes) {
        value = times(value, shift(partBytes)) ^ crc;
        bytes += partBytes;
    }

    int value() {
        return value;
    }

    /** Length of all parts. */
    long bytes() {
        return bytes;
    }

    /** x^8n. */
    private static int shift(long bytes) {
        int shift = ONE;
        int power = X_TO_THE_8;
        for (long left = bytes; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                shift = times(shift, power);
            }
            power = times(power, power);
        }
        return shift;
    }

    private static int times(int a, int b) {
        int product = 0;
        int multiple = b;
        for (int rest = a; rest != 0; rest <<= 1) {
            product ^= rest < 0 ? multiple : 0;
            multiple = multiple >>> 1 ^ ((multiple & 1) == 1 ? POLYNOMIAL : 0);
        }
        return product;
    }
}
