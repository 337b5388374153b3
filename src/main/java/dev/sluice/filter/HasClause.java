package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A clause {@code _has:Observation:patient:code=1}: matches if a resource that matches the condition refers to this
 * one. Other resources cannot refer to a contained resource.
 */
record HasClause(Clause.Text text, ReverseChain referrers) implements Clause {
    @Override
    @SuppressWarnings(
            "ReferenceEquality") // compared by identity, because a contained resource may be equal to its container
    public boolean matches(ObjectNode resource, EvaluationContext around) {
        String id = JsonText.of(resource, "id");
        return id != null && resource == around.container() && around.linked().isReferredTo(referrers, id);
    }

    @Override
    public Stream<ResourceType> linkedTypes() {
        TypeFilter filter = referrers.filter();
        return Stream.concat(Stream.of(filter.type()), filter.linkedTypes().stream());
    }

    @Override
    public int size() {
        return referrers.filter().clauses().stream().mapToInt(Clause::size).sum();
    }

    @Override
    public long bytes() {
        return referrers.filter().bytes();
    }

    @Override
    public Stream<String> roots() {
        return Stream.of("id");
    }
}
