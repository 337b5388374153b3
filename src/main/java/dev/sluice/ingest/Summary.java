package dev.sluice.ingest;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.store.WriteOutcome;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of the lines of a load.
 *
 * @param created resources that were not there before
 * @param updated resources that were there with other content
 * @param unchanged resources that were there already as they are
 * @param failed lines that could not be taken
 * @param unresolved references in the lines that name no resource of this server
 */
record Summary(long created, long updated, long unchanged, long failed, List<UnresolvedReferences.Count> unresolved) {
    static final Summary NOTHING = new Summary(0, 0, 0, 0, List.of());

    /** How many lines there were, blank ones left out. */
    public long lines() {
        return loaded() + failed;
    }

    /** How many lines are in the store now. */
    public long loaded() {
        return created + updated + unchanged;
    }

    Summary plus(List<WriteOutcome> outcomes) {
        long add = count(outcomes, WriteOutcome.Kind.CREATED);
        long change = count(outcomes, WriteOutcome.Kind.UPDATED);
        return new Summary(
                created + add, updated + change, unchanged + outcomes.size() - add - change, failed, unresolved);
    }

    /** The counts as a {@code Parameters} resource, with one OperationOutcome for each of these lines. */
    ObjectNode parameters(List<BadLine> badLines) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        list.addObject().put("name", "lines").put("valueInteger", lines());
        list.addObject().put("name", "created").put("valueInteger", created);
        list.addObject().put("name", "updated").put("valueInteger", updated);
        list.addObject().put("name", "unchanged").put("valueInteger", unchanged);
        list.addObject().put("name", "failed").put("valueInteger", failed);
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
        for (BadLine line : badLines) {
            list.addObject().put("name", "error").set("resource", FhirJson.operationOutcome(List.of(line.issue())));
        }
        return parameters;
    }

    Summary plusFailed() {
        return new Summary(created, updated, unchanged, failed + 1, unresolved);
    }

    Summary with(List<UnresolvedReferences.Count> references) {
        return new Summary(created, updated, unchanged, failed, references);
    }

    private static long count(List<WriteOutcome> outcomes, WriteOutcome.Kind kind) {
        return outcomes.stream().filter(outcome -> outcome.kind() == kind).count();
    }
}
