package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.store.WriteOutcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of the lines of a load.
 *
 * @param lines how many there were, blank ones left out
 * @param created resources that were not there before
 * @param updated resources that were there with other content
 * @param deleted resources that are deleted now
 * @param history versions that were added as earlier ones
 * @param outdated lines of which a newer version is there, and which could not be added as an earlier one
 * @param unchanged versions that were there already as they are
 * @param failed lines that could not be taken
 * @param unresolved references in the lines that name no resource of this server
 */
record Summary(
        long lines,
        long created,
        long updated,
        long deleted,
        long history,
        long outdated,
        long unchanged,
        long failed,
        List<UnresolvedReferences.Count> unresolved) {
    static final Summary NOTHING = new Summary(0, 0, 0, 0, 0, 0, 0, 0, List.of());

    /** How many lines were taken. */
    public long loaded() {
        return lines - failed;
    }

    /** With the number of lines, once it is known. */
    Summary ofLines(long number) {
        return new Summary(number, created, updated, deleted, history, outdated, unchanged, failed, unresolved);
    }

    Summary plus(List<WriteOutcome> outcomes) {
        Map<WriteOutcome.Kind, Integer> kinds = new EnumMap<>(WriteOutcome.Kind.class);
        outcomes.forEach(outcome -> kinds.merge(outcome.kind(), 1, Integer::sum));
        return new Summary(
                lines,
                created + kinds.getOrDefault(WriteOutcome.Kind.CREATED, 0),
                updated + kinds.getOrDefault(WriteOutcome.Kind.UPDATED, 0),
                deleted + kinds.getOrDefault(WriteOutcome.Kind.DELETED, 0),
                history + kinds.getOrDefault(WriteOutcome.Kind.HISTORY, 0),
                outdated + kinds.getOrDefault(WriteOutcome.Kind.OUTDATED, 0),
                unchanged
                        + kinds.getOrDefault(WriteOutcome.Kind.UNCHANGED, 0)
                        + kinds.getOrDefault(WriteOutcome.Kind.ABSENT, 0),
                failed,
                unresolved);
    }

    /** The counts as a {@code Parameters} resource, with one OperationOutcome for each of these lines. */
    ObjectNode parameters(List<LineError> badLines) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        add(list, "lines", lines);
        add(list, "created", created);
        add(list, "updated", updated);
        add(list, "unchanged", unchanged);
        add(list, "deleted", deleted);
        add(list, "history", history);
        add(list, "outdated", outdated);
        add(list, "failed", failed);
        list.addObject()
                .put("name", "unresolvedReferences")
                .put(
                        "valueInteger",
                        unresolved.stream()
                                .mapToLong(UnresolvedReferences.Count::count)
                                .sum());
        for (UnresolvedReferences.Count count : unresolved) {
            Issue issue = new Issue(Severity.WARNING, "not-found", count.text());
            list.addObject().put("name", "warning").set("resource", FhirJson.operationOutcome(List.of(issue)));
        }
        for (LineError line : badLines) {
            list.addObject().put("name", "error").set("resource", FhirJson.operationOutcome(List.of(line.issue())));
        }
        return parameters;
    }

    Summary with(List<UnresolvedReferences.Count> references) {
        return new Summary(lines, created, updated, deleted, history, outdated, unchanged, failed, references);
    }

    private static void add(ArrayNode list, String name, long count) {
        list.addObject().put("name", name).put("valueInteger", count);
    }

    Summary plusFailed() {
        return new Summary(lines, created, updated, deleted, history, outdated, unchanged, failed + 1, unresolved);
    }
}
