package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.ViewOutput;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checked parameters of an export. Every instance is valid.
 *
 * @param scope whose data
 * @param parameters the values of each parameter, without those that were ignored; a time is written as an instant
 * @param separateStatus whether a separate header reports the status of the export
 * @param bounds what limits the export beside the parameters
 * @param warnings parameters that were ignored because of lenient handling, or that select nothing
 * @param views the views that are applied to the resources; null = the resources are exported
 */
public record ExportRequest(
        ExportScope scope,
        Map<ExportParameter, List<String>> parameters,
        boolean separateStatus,
        ExportBounds bounds,
        List<Issue> warnings,
        @Nullable ViewOutput views) {
    public ExportRequest {
        Objects.requireNonNull(scope);
        Objects.requireNonNull(bounds);
        parameters = parameters.entrySet().stream()
                .filter(given -> !given.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, given -> List.copyOf(given.getValue())));
        warnings = List.copyOf(warnings);
    }

    /** A request that exports resources. */
    public ExportRequest(
            ExportScope scope,
            Map<ExportParameter, List<String>> parameters,
            boolean separateStatus,
            ExportBounds bounds,
            List<Issue> warnings) {
        this(scope, parameters, separateStatus, bounds, warnings, null);
    }

    /**
     * The same for views of the resources.
     *
     * @param more warnings about the views
     */
    public ExportRequest withViews(ViewOutput applied, List<Issue> more) {
        List<Issue> all = Stream.concat(warnings.stream(), more.stream()).toList();
        return new ExportRequest(scope, parameters, separateStatus, bounds, all, applied);
    }

    /** The values of a parameter; empty = it is not given. */
    public List<String> values(ExportParameter parameter) {
        return parameters.getOrDefault(parameter, List.of());
    }

    /** The value of a parameter that is given at most once; null = it is not given. */
    public @Nullable String value(ExportParameter parameter) {
        List<String> values = values(parameter);
        return values.isEmpty() ? null : values.get(0);
    }

    /** The value of a parameter that is a time; null = it is not given. */
    public @Nullable Instant time(ExportParameter parameter) {
        String value = value(parameter);
        return value == null ? null : Instant.parse(value);
    }

    /** Whether a parameter is given as {@code true}. */
    public boolean is(ExportParameter parameter) {
        return values(parameter).contains("true");
    }

    /** What the files hold. */
    public OutputFormat format() {
        String name = value(ExportParameter.OUTPUT_FORMAT);
        return name == null ? OutputFormat.NDJSON : OutputFormat.of(name).orElseThrow();
    }

    /** Whether the export commits to tables of Delta Lake. */
    public boolean commitsToTables() {
        return views == null ? format() == OutputFormat.DELTA : views.format() == ViewOutput.Format.DELTA;
    }

    /** Whether each resource is de-identified. */
    public boolean isDeidentified() {
        return value(ExportParameter.ANONYMIZATION_CONFIG) != null;
    }

    /** The associated data that is exported too. */
    public AssociatedData associatedData() {
        String depth = value(ExportParameter.INCLUDE_REFERENCED_DEPTH);
        return new AssociatedData(
                values(ExportParameter.INCLUDE_ASSOCIATED_DATA),
                values(ExportParameter.INCLUDE_REFERENCED),
                depth == null ? 1 : Integer.parseInt(depth));
    }

    /** The classes of patients that the report counts; null = none. */
    public KAnonymity.@Nullable Question quasiIdentifiers() {
        List<QuasiIdentifier> named = values(ExportParameter.QUASI_IDENTIFIERS).stream()
                .map(name -> QuasiIdentifier.of(name).orElseThrow())
                .toList();
        String k = value(ExportParameter.K_ANONYMITY);
        return named.isEmpty()
                ? null
                : new KAnonymity.Question(named, k == null ? KAnonymity.Question.DEFAULT_K : Integer.parseInt(k));
    }

    /** Whether the manifest has the list {@code deleted}. The list may be empty. Views have no deleted rows. */
    public boolean hasDeletedList() {
        return views == null && value(ExportParameter.SINCE) != null;
    }

    /**
     * Whether the export writes files for the list {@code deleted}. It does not if its output has the deletions as
     * resources: the list stays empty.
     */
    public boolean fillsDeletedList() {
        AssociatedData associated = associatedData();
        return hasDeletedList() && !associated.history() && !associated.deletions();
    }

    /**
     * The same for one type. Nothing is kept of a deleted resource that says whether the client could export it, so there is
     * no list for a type of which it can export a part only. A part is also what the Groups refer to which it is limited to.
     */
    boolean fillsDeletedList(ResourceType type) {
        boolean reachedByGroups = bounds.groups() != null && associatedData().includesReferenced(type);
        return fillsDeletedList() && !isRestricted(type) && !reachedByGroups;
    }

    /** Whether the client can export a part of this type only. */
    boolean isRestricted(ResourceType type) {
        return bounds.restrictions().containsKey(type.name());
    }
}
