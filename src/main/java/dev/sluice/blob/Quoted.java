package dev.sluice.blob;

/** Puts a value that came from outside into a message: in quotes, shortened, and without control characters. */
final class Quoted {
    private static final int LONGEST = 100;

    private Quoted() {}

    static String of(String value) {
        String visible = value.replaceAll("\\p{Cntrl}", "?");
        return "'" + (visible.length() <= LONGEST ? visible : visible.substring(0, LONGEST) + "…") + "'";
    }
}
