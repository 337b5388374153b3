package dev.sluice.planner;

import dev.sluice.fhir.FhirProblem.Issue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for, checked: once there is one, nothing in it can be wrong.
 *
 * @param scope whose data
 * @param content which of their resources, and what of these
 * @param companions which data beside these is associated with them and comes too
 * @param past which versions of them besides the current ones
 * @param patients ids of the only patients that are wanted; empty = all of the scope
 * @param since only what changed after this time; null = everything
 * @param until the state at this time; null = at the kick-off
 * @param container where the client wants the files; null = a new container
 * @param separateStatus whether the status of the export is told in a header of its own
 * @param partialManifests whether the client reads the manifest in pages, the first ones while the export runs
 * @param warnings what was ignored because the client asked for leniency, or cannot give anything
 */
public record ExportRequest(
        ExportScope scope,
        Content content,
        AssociatedData companions,
        Past past,
        List<String> patients,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable String container,
        boolean separateStatus,
        boolean partialManifests,
        List<Issue> warnings) {
    public ExportRequest {
        Objects.requireNonNull(scope);
        Objects.requireNonNull(content);
        Objects.requireNonNull(companions);
        Objects.requireNonNull(past);
        patients = List.copyOf(patients);
        warnings = List.copyOf(warnings);
    }

    /** Whether the export lists what left it. An export of deletions as resources does not list them twice. */
    boolean listsDeletions() {
        return since != null && !past.any();
    }

    /**
     * Which resources are wanted, and what of them.
     *
     * @param types names of the resource types, without repeats; empty = all
     * @param typeFilters the {@code _typeFilter} queries, each for one type; a resource needs to match one of its type's
     * @param elements the elements, as {@code Patient.name}, or {@code name} for all types; empty = all
     * @param organizeBy the name of the type whose instances the output is organised by; null = by type
     */
    public record Content(
            List<String> types,
            List<String> typeFilters,
            List<String> elements,
            @Nullable String organizeBy) {
        public Content {
            types = List.copyOf(types);
            typeFilters = List.copyOf(typeFilters);
            elements = List.copyOf(elements);
        }
    }

    /**
     * Which versions are wanted besides the current ones of what is there.
     *
     * @param history those that were replaced
     * @param deletions those that say that the resource was deleted
     */
    public record Past(boolean history, boolean deletions) {
        public static final Past NONE = new Past(false, false);

        /** Whether any are. */
        boolean any() {
            return history || deletions;
        }
    }
}
