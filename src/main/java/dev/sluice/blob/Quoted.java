package dev.sluice.blob;

import org.apache.commons.lang3.StringUtils;

/** Formats an external value for a message: in quotes, shortened, and without control characters. */
final class Quoted {
    private static final int LONGEST = 101;

    private Quoted() {}

    static String of(String value) {
        return "'" + StringUtils.abbreviate(value.replaceAll("\\p{Cntrl}", "?"), "…", LONGEST) + "'";
    }
}
