package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.FhirJson;
import dev.sluice.store.WriteResult.Kind;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The counts of the results of a load.
 *
 * @param lines the number of lines, without blank ones
 * @param kinds the number of versions by kind of result
 * @param failed lines that could not be taken
 * @param unresolved references in the lines that name no resource of this server
 */
record LoadSummary(long lines, Map<Kind, Long> kinds, long failed, List<UnresolvedReferences.Count> unresolved) {
    /** Resources that did not exist before. */
    long created() {
        return count(Kind.CREATED);
    }

    /** Resources that existed with other content. */
    long updated() {
        return count(Kind.UPDATED);
    }

    /** Versions that existed already as they are, and deletions of what does not exist. */
    long unchanged() {
        return count(Kind.UNCHANGED) + count(Kind.ABSENT);
    }

    /** Lines of which a newer version exists, and which could not be added as an earlier one. */
    long outdated() {
        return count(Kind.OUTDATED);
    }

    /** How many lines are in the store already, while others may not be written yet. */
    long written() {
        return kinds.values().stream().mapToLong(Long::longValue).sum() - count(Kind.CONFLICT);
    }

    private long count(Kind kind) {
        return kinds.getOrDefault(kind, 0L);
    }

    /** How many lines were taken. */
    long loaded() {
        return lines - failed;
    }

    /** The counts as a {@code Parameters} resource, with one OperationOutcome for each of these lines. */
    ObjectNode parameters(List<LineError> badLines) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        add(list, "lines", lines);
        add(list, "created", created());
        add(list, "updated", updated());
        add(list, "unchanged", unchanged());
        add(list, "deleted", count(Kind.DELETED));
        add(list, "history", count(Kind.HISTORY));
        add(list, "outdated", outdated());
        add(list, "failed", failed);
        add(
                list,
                "unresolvedReferences",
                unresolved.stream().mapToLong(UnresolvedReferences.Count::count).sum());
        for (UnresolvedReferences.Count count : unresolved) {
            Issue issue = new Issue(Severity.WARNING, "not-found", count.text());
            list.addObject().put("name", "warning").set("resource", FhirJson.operationOutcome(List.of(issue)));
        }
        for (LineError line : badLines) {
            list.addObject().put("name", "error").set("resource", FhirJson.operationOutcome(List.of(line.issue())));
        }
        return parameters;
    }

    private static void add(ArrayNode list, String name, long count) {
        list.addObject().put("name", name).put("valueInteger", count);
    }
}
