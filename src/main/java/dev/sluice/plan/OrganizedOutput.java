package dev.sluice.plan;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.LineTable;
import java.util.Map;
import java.util.UUID;

/**
 * The lines of output that is organised by the instances of a type. A table holds them; filters have already been
 * applied to them.
 *
 * @param by the type
 * @param lines names the lines in the table
 * @param costs what the filters of each type cost
 */
public record OrganizedOutput(ResourceType by, UUID lines, Map<String, FilterCost> costs) {
    public OrganizedOutput {
        costs = Map.copyOf(costs);
    }

    /** Where the lines are listed. */
    public LineTable table() {
        return new LineTable("organized_line", lines);
    }

    /** The number of rows of the snapshot that were read to plan it. */
    public long rows() {
        return costs.values().stream().mapToLong(FilterCost::read).sum();
    }
}
