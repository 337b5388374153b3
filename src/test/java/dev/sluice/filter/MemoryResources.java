package dev.sluice.filter;

import dev.sluice.json.JsonText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Linked resources in memory, answered in the two ways that a server may choose. */
final class MemoryResources {
    private final Map<String, List<ObjectNode>> byType = new HashMap<>();

    MemoryResources(List<ObjectNode> resources) {
        resources.forEach(resource -> byType.computeIfAbsent(
                        resource.get("resourceType").stringValue(), type -> new ArrayList<>())
                .add(resource));
    }

    List<ObjectNode> of(String type) {
        return byType.getOrDefault(type, List.of());
    }

    /** Looks at the resource in question, each time. */
    ChainResolver oneByOne() {
        return new ChainResolver() {
            @Override
            public boolean isTaken(TypeFilter filter, String id) {
                return of(filter.type().name()).stream()
                        .filter(resource -> id.equals(JsonText.of(resource, "id")))
                        .anyMatch(resource -> filter.matches(resource, this));
            }

            @Override
            public boolean isReferredTo(ReverseChain referrers, String id) {
                return of(referrers.filter().type().name()).stream()
                        .filter(resource -> referrers.idsIn(resource).contains(id))
                        .anyMatch(resource -> referrers.filter().matches(resource, this));
            }
        };
    }

    /** Makes a set of ids for each filter, once, and looks them up. */
    ChainResolver bySets() {
        Map<TypeFilter, Set<String>> taken = new HashMap<>();
        Map<ReverseChain, Set<String>> referredTo = new HashMap<>();
        return new ChainResolver() {
            @Override
            public boolean isTaken(TypeFilter filter, String id) {
                Set<String> ids = taken.get(filter);
                if (ids == null) {
                    ids = new HashSet<>();
                    for (ObjectNode resource : of(filter.type().name())) {
                        if (filter.matches(resource, this)) {
                            ids.add(JsonText.of(resource, "id"));
                        }
                    }
                    taken.put(filter, ids);
                }
                return ids.contains(id);
            }

            @Override
            public boolean isReferredTo(ReverseChain referrers, String id) {
                Set<String> ids = referredTo.get(referrers);
                if (ids == null) {
                    ids = new HashSet<>();
                    for (ObjectNode resource : of(referrers.filter().type().name())) {
                        if (referrers.filter().matches(resource, this)) {
                            ids.addAll(referrers.idsIn(resource));
                        }
                    }
                    referredTo.put(referrers, ids);
                }
                return ids.contains(id);
            }
        };
    }
}
