package dev.sluice.search;

import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * One query of a {@code _typeFilter}, such as {@code Observation?code=http://loinc.org|8480-6&date=ge2024}: which
 * resources of its type to take.
 *
 * <p>Immutable and used by many threads. Of several filters for one type a resource needs to match one.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#_typefilter-query-parameter">_typeFilter</a>
 */
public final class TypeFilter {
    /**
     * One {@code name=value,value}; a resource must fulfil each clause of a filter.
     *
     * @param text the values with their FHIR escapes, as they were written
     */
    record Clause(SearchParameter parameter, String text, List<ValueMatch> alternatives) {
        Clause {
            alternatives = List.copyOf(alternatives);
        }

        boolean matches(ObjectNode resource) {
            for (ElementPath path : parameter.paths()) {
                if (path.any(
                        resource,
                        element -> alternatives.stream()
                                .anyMatch(alternative -> alternative.matches(path.type(), element)))) {
                    return true;
                }
            }
            return false;
        }
    }

    private final ResourceType type;
    private final List<Clause> clauses;

    TypeFilter(ResourceType type, List<Clause> clauses) {
        this.type = type;
        this.clauses = List.copyOf(clauses);
    }

    public ResourceType type() {
        return type;
    }

    List<Clause> clauses() {
        return clauses;
    }

    /** Whether to take a resource of {@link #type}, which holds its own {@code id} and {@code meta.lastUpdated}. */
    public boolean matches(ObjectNode resource) {
        for (Clause clause : clauses) {
            if (!clause.matches(resource)) {
                return false;
            }
        }
        return true;
    }

    /** Two filters are equal when their texts are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TypeFilter filter && filter.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The text that {@link TypeFilterParser} reads as an equal filter, in one form of percent-encoding. */
    @Override
    public String toString() {
        return clauses.stream()
                .map(clause -> clause.parameter().name() + "=" + QueryText.encode(clause.text()))
                .collect(Collectors.joining("&", type + "?", ""));
    }
}
