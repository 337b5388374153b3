package dev.sluice.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the ends of strings and their escapes in the bytes of valid JSON.
 *
 * <p>Most bytes of a resource are in strings, so it examines eight bytes at a time.
 */
public final class JsonBytes {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EIGHT_QUOTES = 0x2222_2222_2222_2222L;
    private static final long EIGHT_BACKSLASHES = 0x5C5C_5C5C_5C5C_5C5CL;
    private static final long EACH_LOWEST_BIT = 0x0101_0101_0101_0101L;
    private static final long EACH_HIGHEST_BIT = 0x8080_8080_8080_8080L;

    private JsonBytes() {}

    /** Where the next backslash is, or the end. */
    public static int backslash(byte[] json, int from, int end) {
        int i = from;
        while (i + Long.BYTES <= end && zeros((long) EIGHT_BYTES.get(json, i) ^ EIGHT_BACKSLASHES) == 0) {
            i += Long.BYTES;
        }
        while (i < end && json[i] != '\\') {
            i++;
        }
        return i;
    }

    /** Where the next byte of this value is, or the end. */
    public static int next(byte wanted, byte[] json, int from, int end) {
        long eightWanted = EACH_LOWEST_BIT * (wanted & 0xff);
        int i = from;
        while (i + Long.BYTES <= end) {
            long found = zeros((long) EIGHT_BYTES.get(json, i) ^ eightWanted);
            if (found != 0) {
                return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
            i += Long.BYTES;
        }
        while (i < end && json[i] != wanted) {
            i++;
        }
        return i;
    }

    /** Behind the closing quote of a string that is open here; it ends before the limit. */
    static int afterString(byte[] json, int from, int limit) {
        return closingQuote(json, from, limit) + 1;
    }

    /** Where a string that is open here ends; the limit or a place behind it if it does not end before. */
    public static int closingQuote(byte[] json, int from, int limit) {
        int i = from;
        while (i + Long.BYTES <= limit) {
            long eight = (long) EIGHT_BYTES.get(json, i);
            long found = zeros(eight ^ EIGHT_QUOTES) | zeros(eight ^ EIGHT_BACKSLASHES);
            if (found == 0) {
                i += Long.BYTES;
                continue;
            }
            i += Long.numberOfTrailingZeros(found) / Byte.SIZE;
            if (json[i] == '"') {
                return i;
            }
            i += 2;
        }
        while (i < limit && json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return i;
    }

    /** Where the next quote or backslash is, or the end. */
    static int quoteOrBackslash(byte[] json, int from, int end) {
        int i = from;
        while (i + Long.BYTES <= end) {
            long eight = (long) EIGHT_BYTES.get(json, i);
            long found = zeros(eight ^ EIGHT_QUOTES) | zeros(eight ^ EIGHT_BACKSLASHES);
            if (found != 0) {
                return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
            i += Long.BYTES;
        }
        while (i < end && json[i] != '"' && json[i] != '\\') {
            i++;
        }
        return i;
    }

    /** The highest bits of the bytes that are zero; those above the lowest of them may be wrong, since it borrows. */
    private static long zeros(long bytes) {
        return (bytes - EACH_LOWEST_BIT) & ~bytes & EACH_HIGHEST_BIT;
    }
}
