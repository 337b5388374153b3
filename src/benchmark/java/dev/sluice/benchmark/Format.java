package dev.sluice.benchmark;

import java.util.Locale;

/** Figures as people read them, the same in every country; a dash for what nobody knows. */
final class Format {
    private Format() {}

    /** A line on the console. */
    static void say(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }

    static String whole(double value) {
        return known(value) ? String.format(Locale.ROOT, "%,.0f", value) : "–";
    }

    /** Three digits that count, or more before the point. */
    static String number(double value) {
        if (!known(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    static String megabytes(double bytes) {
        return number(bytes / 1e6);
    }

    private static boolean known(double value) {
        return !Double.isNaN(value) && !Double.isInfinite(value);
    }
}
