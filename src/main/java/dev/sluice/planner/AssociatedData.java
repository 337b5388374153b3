package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import java.util.List;

/**
 * The data that an export includes in addition to the resources that its level and types select: Provenance and
 * referenced resources.
 *
 * @param provenance which Provenance resources about them are included
 * @param referenced names of the types whose referenced resources are included
 * @param depth the largest number of references in a chain to such a resource; at least 1
 */
public record AssociatedData(Provenance provenance, List<String> referenced, int depth) {
    /** The largest depth to which references are followed. */
    public static final int DEEPEST = 3;

    /** No associated data is requested. */
    public static final AssociatedData NONE = new AssociatedData(Provenance.OF_COMPARTMENT, List.of(), 1);

    /**
     * Which Provenance resources are exported.
     *
     * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG,
     *     includeAssociatedData</a>
     */
    public enum Provenance {
        /** Those about any resource in the compartments of the export, unless {@code _type} excludes Provenance. */
        OF_COMPARTMENT,
        /** The one that was recorded last about each exported resource. */
        LATEST,
        /** All that are about exported resources. */
        RELEVANT
    }

    /** Whether Provenance about the exported resources is included, whatever {@code _type} says. */
    public boolean bringProvenance() {
        return provenance != Provenance.OF_COMPARTMENT;
    }

    /** Whether resources of this type are included because exported resources refer to them. */
    public boolean bringReferenced(ResourceType type) {
        return referenced.contains(type.name());
    }

    /** Whether any associated data is requested. If so, planning must find the other exported resources row by row. */
    boolean any() {
        return bringProvenance() || !referenced.isEmpty();
    }
}
