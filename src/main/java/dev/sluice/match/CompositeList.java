package dev.sluice.match;

import dev.sluice.r4.ElementPath;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameter.Component;
import dev.sluice.r4.SearchParameter.Composite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values of a clause with a composite parameter, each with one match for each component; all matches of one of them
 * must be found in one element. Those whose first match has a key are looked up by it, however many there are.
 *
 * <p>Immutable and used by many threads.
 */
public final class CompositeList {
    private final List<List<ValueMatch>> all;
    private final Map<String, List<List<ValueMatch>>> byKey = new HashMap<>();
    private final List<List<ValueMatch>> others = new ArrayList<>();

    public CompositeList(SearchParameter parameter, List<List<ValueMatch>> values) {
        this.all = List.copyOf(values);
        SearchParameter first =
                parameter.composites().get(0).components().get(0).parameter();
        for (List<ValueMatch> value : all) {
            String key = all.size() == 1 ? null : value.get(0).key(first);
            if (key == null) {
                others.add(value);
            } else {
                byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(value);
            }
        }
    }

    public List<List<ValueMatch>> all() {
        return all;
    }

    /** Whether an element of a resource has all parts of one of the values. */
    public boolean anyMatches(Composite composite, JsonNode element, ObjectNode resource) {
        return isOneOf(others, composite, element, resource)
                || (!byKey.isEmpty()
                        && anyKey(
                                composite.components().get(0),
                                element,
                                resource,
                                key -> isOneOf(byKey.getOrDefault(key, List.of()), composite, element, resource)));
    }

    private static boolean anyKey(Component first, JsonNode element, ObjectNode resource, Predicate<String> test) {
        JsonNode start = first.ofResource() ? resource : element;
        return ElementPath.any(first.paths(), start, resource, (type, part) -> ElementKeys.any(type, part, test));
    }

    private static boolean isOneOf(
            List<List<ValueMatch>> values, Composite composite, JsonNode element, ObjectNode resource) {
        for (List<ValueMatch> value : values) {
            if (hasAll(composite, value, element, resource)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAll(
            Composite composite, List<ValueMatch> alternative, JsonNode element, ObjectNode resource) {
        for (int i = 0; i < alternative.size(); i++) {
            Component component = composite.components().get(i);
            JsonNode start = component.ofResource() ? resource : element;
            if (!ElementPath.any(component.paths(), start, resource, alternative.get(i)::matches)) {
                return false;
            }
        }
        return true;
    }
}
