package dev.sluice.cli;

import dev.sluice.fhir.Plural;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a server did with the lines of an import, summed up under the names that it uses. For use by one thread. */
final class ImportCounts {
    private static final List<String> NAMES = List.of(
            "lines",
            "created",
            "updated",
            "unchanged",
            "deleted",
            "history",
            "outdated",
            "failed",
            "unresolvedReferences");

    private final Map<String, Long> counts = new LinkedHashMap<>();

    ImportCounts() {
        NAMES.forEach(name -> counts.put(name, 0L));
    }

    void add(String name, long number) {
        counts.merge(name, number, Long::sum);
    }

    void add(ImportCounts other) {
        other.counts.forEach(this::add);
    }

    /** Adds the counts of the {@code Parameters} resource with which a server answers an import. */
    void addAnswer(JsonNode parameters) {
        for (JsonNode parameter : parameters.path("parameter")) {
            String name = parameter.path("name").asString("");
            if (NAMES.contains(name)) {
                add(name, parameter.path("valueInteger").asLong(0));
            }
        }
    }

    long get(String name) {
        return counts.getOrDefault(name, 0L);
    }

    void describe(ObjectNode json) {
        counts.forEach(json::put);
    }

    /** Such as {@code 800 lines: 799 created, 1 failed}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Plural.of(get("lines"), "line"));
        String separator = ": ";
        for (String name : NAMES.subList(1, NAMES.size() - 1)) {
            if (get(name) > 0) {
                text.append(separator).append(get(name)).append(' ').append(name);
                separator = ", ";
            }
        }
        return text.toString();
    }
}
