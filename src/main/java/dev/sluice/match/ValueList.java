package dev.sluice.match;

import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The values of a clause, of which one must match. Those that have a key are looked up by the keys of an element, however
 * many there are; the others are compared one after the other.
 *
 * <p>Immutable and used by many threads.
 */
public final class ValueList {
    private final List<ValueMatch> all;
    private final Map<String, List<ValueMatch>> byKey = new HashMap<>();
    private final List<ValueMatch> others = new ArrayList<>();
    private final @Nullable StringList strings;

    /** @param parameter whose elements they are compared with */
    public ValueList(SearchParameter parameter, List<ValueMatch> values) {
        this.all = List.copyOf(values);
        List<StringMatch> texts = all.size() == 1 ? List.of() : inexact(all);
        this.strings = texts.isEmpty() ? null : new StringList(texts);
        if (strings == null) {
            all.forEach(value -> add(parameter, value));
        }
    }

    private void add(SearchParameter parameter, ValueMatch value) {
        String key = all.size() == 1 ? null : value.key(parameter);
        if (key == null) {
            others.add(value);
        } else {
            byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(value);
        }
    }

    /** The strings among the values that are not exact: all, or none. */
    private static List<StringMatch> inexact(List<ValueMatch> values) {
        return values.stream()
                .filter(StringMatch.class::isInstance)
                .map(StringMatch.class::cast)
                .filter(value -> value.way() != StringMatch.Way.EXACT)
                .toList();
    }

    public List<ValueMatch> all() {
        return all;
    }

    /** Whether one of them matches an element. */
    public boolean anyMatches(ElementType type, JsonNode element) {
        return (strings != null && strings.anyMatches(type, element))
                || isOneOf(others, type, element)
                || (!byKey.isEmpty()
                        && ElementKeys.any(
                                type, element, key -> isOneOf(byKey.getOrDefault(key, List.of()), type, element)));
    }

    private static boolean isOneOf(List<ValueMatch> values, ElementType type, JsonNode element) {
        for (ValueMatch value : values) {
            if (value.matches(type, element)) {
                return true;
            }
        }
        return false;
    }

    /** A key for each of them; null if one has none. */
    @Nullable
    public Set<String> keys(SearchParameter parameter) {
        List<String> keys = TextPrefilter.ofAll(all, value -> value.key(parameter));
        return keys == null ? null : new HashSet<>(keys);
    }
}
