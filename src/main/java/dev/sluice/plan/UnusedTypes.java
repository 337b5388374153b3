package dev.sluice.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import java.util.Collection;
import java.util.List;

/**
 * The types that an export takes and that had no rows when it was planned. If a row of the snapshot appears later in
 * one of them, the snapshot was not complete.
 *
 * @param query the query of one of the types; the queries of the other types differ only in the type; recorded plans call it
 *     {@code like}
 */
public record UnusedTypes(
        List<ResourceType> types, @JsonProperty("like") RowQuery query) {
    public UnusedTypes {
        types = List.copyOf(types);
    }

    /** The queries of those types that have rows now. */
    public List<RowQuery> queries(Collection<ResourceType> used) {
        return types.stream().filter(used::contains).map(query::ofType).toList();
    }
}
