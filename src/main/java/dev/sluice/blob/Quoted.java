package dev.sluice.blob;

/** Formats an external value for a message: in quotes, shortened, and without control characters. */
final class Quoted {
    private static final int LONGEST = 100;

    private Quoted() {}

    static String of(String value) {
        String visible = value.replaceAll("\\p{Cntrl}", "?");
        return "'" + (visible.length() <= LONGEST ? visible : visible.substring(0, LONGEST) + "…") + "'";
    }
}
