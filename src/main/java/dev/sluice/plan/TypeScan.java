package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one type that an export reads, and the filters and the projection that it applies to them.
 *
 * @param resources the rows that PostgreSQL selects
 * @param deletions the rows that the export lists as deleted; null = it lists none
 * @param filters the text of the filters; a resource is exported if one of them matches; empty = all are exported
 * @param properties the JSON properties that are kept; null = all
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
