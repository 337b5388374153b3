package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import java.util.List;

/**
 * The data that an export includes in addition to the current versions of the resources that its level and types select.
 *
 * @param values the values of {@code includeAssociatedData}
 * @param referenced names of the types whose referenced resources are included
 * @param depth the largest number of references in a chain to such a resource; at least 1
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, includeAssociatedData</a>
 */
public record AssociatedData(List<String> values, List<String> referenced, int depth) {
    /** The largest depth to which references are followed. */
    public static final int DEEPEST = 3;

    /** The replaced versions of resources. */
    public static final String HISTORY = "_history";

    /** Deletions, as versions of resources. */
    public static final String DELETED = "_deleted";

    static final String LATEST = "LatestProvenanceResources";
    static final String RELEVANT = "RelevantProvenanceResources";

    /** The values of {@code includeAssociatedData} that are supported. */
    public static final List<String> VALUES = List.of(LATEST, RELEVANT, HISTORY, DELETED);

    enum Provenance {
        /** Those about any resource in the compartments of the export, unless {@code _type} excludes Provenance. */
        OF_COMPARTMENT,
        /** The one that was recorded last about each exported resource. */
        LATEST,
        /** All that are about exported resources. */
        RELEVANT
    }

    /** Which Provenance is exported. Of two values about it, the one that includes more applies. */
    Provenance provenance() {
        return values.contains(RELEVANT)
                ? Provenance.RELEVANT
                : values.contains(LATEST) ? Provenance.LATEST : Provenance.OF_COMPARTMENT;
    }

    /** Whether Provenance about the exported resources is included, whatever {@code _type} says. */
    public boolean includesProvenance() {
        return provenance() != Provenance.OF_COMPARTMENT;
    }

    /** Whether resources of this type are included because exported resources refer to them. */
    public boolean includesReferenced(ResourceType type) {
        return referenced.contains(type.name());
    }

    /** Whether other exported resources must be found row by row when the export is planned. */
    boolean any() {
        return includesProvenance() || !referenced.isEmpty();
    }

    /** Whether replaced versions are exported. */
    public boolean history() {
        return values.contains(HISTORY);
    }

    /** Whether deletions are exported as versions of resources. */
    boolean deletions() {
        return values.contains(DELETED);
    }
}
