package dev.sluice.comparison;

import java.util.Locale;

/** The result of the comparison of one resource. */
public enum DifferenceKind {
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

    /** The name in JSON, such as {@code onlyInA}. */
    public String key() {
        StringBuilder key = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            key.append(key.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return key.toString();
    }

    @Override
    public String toString() {
        return words;
    }
}
