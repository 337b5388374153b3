package dev.sluice.fhir;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Suggests the valid name that is closest to an unknown one. Safe for use by any number of threads. */
public final class Suggestions {
    private static final int MOST_CHANGES = 3;

    private Suggestions() {}

    /** The suggestion as the end of a sentence; empty if no name is close. */
    public static String advice(String name, Collection<String> names) {
        return find(name, names).map(n -> "; did you mean '" + n + "'?").orElse("");
    }

    static Optional<String> find(String name, Collection<String> names) {
        LevenshteinDistance distance = new LevenshteinDistance(MOST_CHANGES);
        return names.stream()
                .filter(n -> changes(distance, n, name) >= 0 && changes(distance, n, name) < n.length())
                .min(Comparator.comparingInt(n -> changes(distance, n, name)));
    }

    /** The edit distance of two names, ignoring case; negative if it is too large. */
    private static int changes(LevenshteinDistance distance, String one, String other) {
        return distance.apply(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
    }
}
