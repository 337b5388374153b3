package dev.sluice.filter;

import dev.sluice.match.ElementKeys;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.SearchParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hash table of many filters of one type, by a value that each filter requires. A resource is tested only with the
 * filters whose value it has.
 *
 * <p>Immutable and used by many threads.
 */
final class FilterTable {
    private final Map<SearchParameter, Map<String, List<TypeFilter>>> byKey = new LinkedHashMap<>();

    /** Adds a filter to the table; false if no clause of it has a key for each of its values. */
    boolean add(TypeFilter filter) {
        for (Clause clause : filter.clauses()) {
            Set<String> keys = keys(clause);
            if (clause instanceof Clause.Values values && keys != null) {
                Map<String, List<TypeFilter>> ofParameter =
                        byKey.computeIfAbsent(values.parameter(), parameter -> new HashMap<>());
                keys.forEach(key -> ofParameter
                        .computeIfAbsent(key, k -> new ArrayList<>(1))
                        .add(filter));
                return true;
            }
        }
        return false;
    }

    private static @Nullable Set<String> keys(Clause clause) {
        return clause instanceof Clause.Values values && !values.negated()
                ? values.values().keys(values.parameter())
                : null;
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    boolean matches(ObjectNode resource, ChainResolver linked) {
        return byKey.entrySet().stream().anyMatch(entry -> matches(entry.getKey(), entry.getValue(), resource, linked));
    }

    private static boolean matches(
            SearchParameter parameter,
            Map<String, List<TypeFilter>> filters,
            ObjectNode resource,
            ChainResolver linked) {
        return ElementPath.any(
                parameter.paths(),
                resource,
                resource,
                (type, element) -> ElementKeys.any(type, element, key -> {
                    for (TypeFilter filter : filters.getOrDefault(key, List.of())) {
                        if (filter.matches(resource, linked)) {
                            return true;
                        }
                    }
                    return false;
                }));
    }
}
