package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The checked parameters of an export. Every instance is valid.
 *
 * @param scope whose data
 * @param content which of their resources, and which elements of these
 * @param companions the associated data that is exported too
 * @param past which versions are exported in addition to the current ones
 * @param patients ids of the patients to which the export is limited; empty = all of the scope
 * @param since only what changed after this time; null = everything
 * @param until the state at this time; null = at the kick-off
 * @param container the container that the client named for the files; null = a new container
 * @param separateStatus whether a separate header reports the status of the export
 * @param partialManifests whether the manifest has pages, some of which can be read while the export runs
 * @param warnings parameters that were ignored because of lenient handling, or that select nothing
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

    /**
     * Whether the manifest lists deleted resources. An export that includes deletions as resources does not list them
     * again.
     */
    boolean listsDeletions() {
        return since != null && !past.any();
    }

    /**
     * The selected resources, and the selected elements of them.
     *
     * @param types names of the resource types, without repeats; empty = all
     * @param typeFilters the {@code _typeFilter} queries, each for one type; a resource needs to match one of its
     *     type's
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
     * The versions that are exported in addition to the current versions of existing resources.
     *
     * @param history whether replaced versions are exported
     * @param deletions whether deletions are exported
     */
    public record Past(boolean history, boolean deletions) {
        public static final Past NONE = new Past(false, false);

        /** Whether any such versions are exported. */
        boolean any() {
            return history || deletions;
        }
    }
}
