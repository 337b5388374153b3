package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import java.util.List;

/**
 * What an export brings beside the resources that its level and types select.
 *
 * @param provenance which Provenance about them
 * @param referenced names of the types of which it brings what they refer to
 * @param depth how many references may lead to such a resource, from 1 on
 */
public record AssociatedData(Provenance provenance, List<String> referenced, int depth) {
    /** The deepest that references are followed. */
    public static final int DEEPEST = 3;

    /** Nothing that is asked for by name. */
    public static final AssociatedData NONE = new AssociatedData(Provenance.OF_COMPARTMENT, List.of(), 1);

    /**
     * Which Provenance is exported.
     *
     * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, includeAssociatedData</a>
     */
    public enum Provenance {
        /** What is about any resource in the compartments of the export, unless {@code _type} leaves it out. */
        OF_COMPARTMENT,
        /** Of the Provenance about each resource that is exported what was recorded last. */
        LATEST,
        /** All Provenance about the resources that are exported. */
        RELEVANT
    }

    /** Whether Provenance comes for the sake of the resources that are exported, whatever {@code _type} says. */
    public boolean bringProvenance() {
        return provenance != Provenance.OF_COMPARTMENT;
    }

    /** Whether resources of this type come because others refer to them. */
    public boolean bringReferenced(ResourceType type) {
        return referenced.contains(type.name());
    }

    /** Whether anything is asked for by name; then it must be known, row by row, what else is exported. */
    boolean any() {
        return bringProvenance() || !referenced.isEmpty();
    }
}
