package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import java.util.Collection;
import java.util.List;

/**
 * The types that an export takes and that had no rows when it was planned. If a row of the snapshot appears later in
 * one of them, the snapshot was not complete.
 *
 * @param like the query of one of the types; the queries of the other types differ only in the type
 */
public record UnusedTypes(List<ResourceType> types, RowQuery like) {
    public UnusedTypes {
        types = List.copyOf(types);
    }

    /** The queries of those types that have rows now. */
    public List<RowQuery> queries(Collection<ResourceType> used) {
        return types.stream().filter(used::contains).map(like::ofType).toList();
    }
}
