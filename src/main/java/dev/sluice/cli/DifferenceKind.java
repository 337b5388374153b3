package dev.sluice.cli;

/** The result of the comparison of one resource. */
enum DifferenceKind {
    ONLY_IN_A("only in A"),
    ONLY_IN_B("only in B"),
    OTHER_CONTENT("other content"),
    OTHER_VERSION("other version"),
    OTHER_HISTORY("other history"),
    REPEATED_IN_A("repeated in A"),
    REPEATED_IN_B("repeated in B");

    private final String words;

    DifferenceKind(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
