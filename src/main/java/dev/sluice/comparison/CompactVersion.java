package dev.sluice.comparison;

import org.jspecify.annotations.Nullable;

/** A version id in 32 bits: a number as it is, any other text as a negative hash. */
public final class CompactVersion {
    static final int NONE = -1;

    private CompactVersion() {}

    static int of(@Nullable String text) {
        if (text == null) {
            return NONE;
        }
        if (text.matches("0|[1-9]\\d{0,8}")) {
            return Integer.parseInt(text);
        }
        int hash = text.hashCode() | Integer.MIN_VALUE;
        return hash == NONE ? hash - 1 : hash;
    }

    /** Whether two versions have an order: only numbers do. */
    static boolean areOrdered(int one, int other) {
        return one >= 0 && other >= 0 && one != other;
    }

    public static String describe(int version) {
        return version == NONE ? "none" : version < 0 ? "a text" : String.valueOf(version);
    }
}
