package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import java.util.Map;
import java.util.UUID;

/**
 * The lines of an export that is organised by the instances of a type. They are kept in a table; filters were asked when
 * they were planned.
 *
 * @param by the type
 * @param lines names the lines in the table
 * @param costs what the filters of each type cost
 */
public record OrganizedOutput(ResourceType by, UUID lines, Map<String, FilterCost> costs) {
    public OrganizedOutput {
        costs = Map.copyOf(costs);
    }

    /** How many rows of the snapshot were read for it. */
    public long rows() {
        return costs.values().stream().mapToLong(FilterCost::read).sum();
    }
}
