package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import java.util.Collection;
import java.util.List;

/**
 * Types of which an export takes rows, and that had none when it was planned. A row of the snapshot that appears later in
 * one of them shows that the snapshot was not complete.
 *
 * @param like selects the rows of one of them; for the others the type is exchanged
 */
public record UnusedTypes(List<ResourceType> types, RowQuery like) {
    public UnusedTypes {
        types = List.copyOf(types);
    }

    /** The queries of those among them that have rows now. */
    public List<RowQuery> queries(Collection<ResourceType> used) {
        return types.stream().filter(used::contains).map(like::ofType).toList();
    }
}
