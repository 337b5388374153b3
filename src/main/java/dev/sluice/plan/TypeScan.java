package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of one type an export reads, and what it leaves of them.
 *
 * @param resources the rows that PostgreSQL selects
 * @param deletions the rows that the export lists as deleted; null = it lists none
 * @param filters the text of the filters that decide on each resource, which takes one of them; empty = all are taken
 * @param properties the JSON properties that stay of a resource; null = all
 */
public record TypeScan(
        RowQuery resources,
        @Nullable RowQuery deletions,
        List<String> filters,
        @Nullable Set<String> properties) {
    public TypeScan {
        filters = List.copyOf(filters);
        properties = properties == null ? null : Set.copyOf(properties);
    }

    /** The type of the rows. */
    public ResourceType type() {
        return resources.type();
    }
}
