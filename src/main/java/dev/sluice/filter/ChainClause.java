package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import dev.sluice.r4.ContainedResources;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.R4Structure;
import dev.sluice.r4.SearchParameter;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chain such as {@code subject:Patient.name=Eve}: matches a reference to a resource that another filter accepts. The
 * target is contained in the resource, an entry of the same Bundle, or another resource of this server.
 *
 * @param targets by type, the filter that a target of this type must match
 * @param ownBase whether a base URL is this server's own
 * @see <a href="https://hl7.org/fhir/R4/search.html#chaining">chained parameters</a>
 */
record ChainClause(
        Clause.Text text, SearchParameter reference, Map<ResourceType, TypeFilter> targets, Predicate<String> ownBase)
        implements Clause {
    @Override
    public boolean matches(ObjectNode resource, EvaluationContext around) {
        return ElementPath.any(
                reference.paths(), resource, around.container(), (type, element) -> isTaken(type, element, around));
    }

    private boolean isTaken(ElementType type, JsonNode element, EvaluationContext around) {
        if (type.name().equals(R4Structure.RESOURCE)) {
            return element instanceof ObjectNode inside
                    && isTaken(inside, new EvaluationContext(inside, around.linked()));
        }
        LiteralReference literal = LiteralReference.in(element);
        if (literal != null) {
            TypeFilter filter = targets.get(literal.type());
            return filter != null && literal.isLocal(ownBase) && around.linked().isTaken(filter, literal.id());
        }
        ObjectNode contained = ContainedResources.find(element, around.container());
        return contained != null && isTaken(contained, around);
    }

    private boolean isTaken(ObjectNode resource, EvaluationContext around) {
        TypeFilter filter = filterOf(JsonText.of(resource, "resourceType"));
        return filter != null && filter.matches(resource, around);
    }

    private @Nullable TypeFilter filterOf(@Nullable String type) {
        return type == null ? null : ResourceType.find(type).map(targets::get).orElse(null);
    }

    @Override
    public Stream<ResourceType> linkedTypes() {
        return targets.values().stream()
                .flatMap(target -> Stream.concat(Stream.of(target.type()), target.linkedTypes().stream()));
    }

    @Override
    public int size() {
        return targets.values().stream()
                .flatMap(target -> target.clauses().stream())
                .mapToInt(Clause::size)
                .sum();
    }

    @Override
    public long bytes() {
        return targets.values().stream().mapToLong(TypeFilter::bytes).sum();
    }

    @Override
    public Stream<String> roots() {
        return reference.paths().stream().flatMap(path -> path.roots().stream());
    }
}
