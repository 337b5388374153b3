package dev.sluice.search;

import java.util.List;

/**
 * A condition of a filter that an index may use to read fewer rows: at this parameter, a resource that the filter takes
 * has one of these values.
 *
 * @param alternatives at least one
 */
public record Narrowing(SearchParameter parameter, List<Literal> alternatives) {
    /** Copies the list. */
    public Narrowing {
        alternatives = List.copyOf(alternatives);
    }
}
