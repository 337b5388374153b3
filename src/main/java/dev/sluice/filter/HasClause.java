package dev.sluice.filter;

import dev.sluice.json.JsonText;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** A {@code _has:Observation:patient:code=1}: others refer to the resource. To a contained one nobody else can. */
record HasClause(Clause.Text text, Referrers referrers) implements Clause {
    @Override
    @SuppressWarnings("ReferenceEquality") // a contained resource may be equal to its container, but is not it
    public boolean matches(ObjectNode resource, EvaluationContext around) {
        String id = JsonText.of(resource, "id");
        return id != null && resource == around.container() && around.linked().isReferredTo(referrers, id);
    }

    @Override
    public int size() {
        return referrers.filter().size();
    }

    @Override
    public Stream<String> roots() {
        return Stream.of("id");
    }
}
