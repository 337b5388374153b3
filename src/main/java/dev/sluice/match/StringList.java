package dev.sluice.match;

import dev.sluice.r4.ElementType;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Compares a text with many strings at once, as {@link StringMatch} does with one. The text is folded once, and a
 * binary search finds the strings with which it may start.
 *
 * <p>Immutable and used by many threads.
 */
final class StringList {
    private final StringMatch.Way way;

    /** No string is a prefix of another one, so only the greatest string that is not above a text can be its prefix. */
    private final TreeSet<String> texts = new TreeSet<>();

    /** @param values at least one, all of the same way, and not exact */
    StringList(List<StringMatch> values) {
        this.way = values.get(0).way();
        values.stream().map(StringMatch::text).sorted().forEach(text -> {
            if (!isStartOf(text)) {
                texts.add(text);
            }
        });
    }

    boolean anyMatches(ElementType type, JsonNode element) {
        return StringMatch.any(type, element, this::isAlike);
    }

    private boolean isAlike(String actual) {
        String folded = StringMatch.fold(actual);
        return switch (way) {
            case STARTS -> isStartOf(folded);
            case WORD ->
                StringMatch.anyWord(
                        actual, folded, begin -> begin <= folded.length() && isStartOf(folded.substring(begin)));
            case CONTAINS -> texts.stream().anyMatch(folded::contains);
            case EXACT -> throw new IllegalStateException("Exact strings are looked up by themselves");
        };
    }

    private boolean isStartOf(String folded) {
        String below = texts.floor(folded);
        return below != null && folded.startsWith(below);
    }
}
