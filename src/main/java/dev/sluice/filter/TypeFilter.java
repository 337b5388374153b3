package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.match.IndexPredicate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * One query of a {@code _typeFilter}, such as {@code Observation?code=http://loinc.org|8480-6&date=ge2024}: which
 * resources of its type to take.
 *
 * <p>Immutable and used by many threads. Of several filters for one type a resource needs to match one: see {@link
 * FilterUnion}.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#_typefilter-query-parameter">_typeFilter</a>
 */
public final class TypeFilter {
    private final ResourceType type;
    private final List<Clause> clauses;
    private final String text;

    TypeFilter(ResourceType type, List<Clause> clauses) {
        this.type = type;
        this.clauses = List.copyOf(clauses);
        this.text = clauses.stream()
                .map(Clause::text)
                .map(clause -> FilterSyntax.encode(clause.name()) + "=" + FilterSyntax.encode(clause.values()))
                .collect(Collectors.joining("&", type + "?", ""));
    }

    public ResourceType type() {
        return type;
    }

    List<Clause> clauses() {
        return clauses;
    }

    /**
     * Whether to take a resource of {@link #type}, which holds its own {@code id} and {@code meta.lastUpdated}.
     *
     * @param linked answers about other resources; not asked by a filter without chains and {@code _has}
     */
    public boolean matches(ObjectNode resource, LinkedResources linked) {
        return matches(resource, new EvaluationContext(resource, linked));
    }

    boolean matches(ObjectNode resource, EvaluationContext around) {
        for (Clause clause : clauses) {
            if (!clause.matches(resource, around)) {
                return false;
            }
        }
        return true;
    }

    /** How many values it compares with, in other resources too: about what it takes of memory. */
    public int size() {
        return clauses.stream().mapToInt(Clause::size).sum();
    }

    /** What an index may look for before the filter decides; each one holds for every resource that is taken. */
    public List<IndexPredicate> narrowings() {
        return clauses.stream().map(Clause::narrowing).filter(Objects::nonNull).toList();
    }

    /** Two filters are equal when their texts are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TypeFilter filter && filter.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text that {@link TypeFilterParser} reads as an equal filter, in one form of percent-encoding. */
    @Override
    public String toString() {
        return text;
    }
}
