package dev.sluice.console;

import java.util.Locale;

/** Writes numbers and sizes as the pages have them. */
final class Numbers {
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    private static final int THOUSAND = 1000;
    private static final int FEW = 10;

    private Numbers() {}

    /** A number with its thousands apart. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A size with its unit, such as {@code 1.2 GB}. */
    static String bytes(long size) {
        double left = (double) size;
        int unit = 0;
        while (left >= THOUSAND && unit < UNITS.length - 1) {
            left /= THOUSAND;
            unit++;
        }
        String form = unit == 0 || left >= FEW ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, form, left) + " " + UNITS[unit];
    }
}
