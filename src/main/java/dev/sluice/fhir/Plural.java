package dev.sluice.fhir;

/** Writes a number with its noun. */
public final class Plural {
    private Plural() {}

    /** A number of things as people say it, such as {@code 1 file} or {@code 2067 files}. */
    public static String of(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
