package dev.sluice.export;

import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.store.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Parses the parameters of a kick-off into an {@link ExportRequest}, or reports all their errors at once. */
@Component
class ExportRequestParser {
    private static final Set<String> FORMATS = Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");
    /** The largest page size that Azure's server accepts. */
    private static final int MAX_COUNT = 10_000;

    private final UnsupportedParameters unsupported;
    private final ContentParameters content;
    private final AssociatedDataParameters associatedData;
    private final PatientParameter patients;
    private final Retention retention;

    ExportRequestParser(
            UnsupportedParameters unsupported,
            ContentParameters content,
            AssociatedDataParameters associatedData,
            PatientParameter patients,
            Retention retention) {
        this.unsupported = unsupported;
        this.content = content;
        this.associatedData = associatedData;
        this.patients = patients;
        this.retention = retention;
    }

    /**
     * Parses the request, or throws a 400 problem with one issue for each error in headers and parameters.
     *
     * @param scope the level, from the path
     */
    ExportRequest parse(ExportScope scope, KickOffHeaders headers, KickOffParameters parameters) {
        IssueCollector issues = new IssueCollector(headers);
        unsupported.report(parameters, issues);
        outputFormat(parameters, issues);
        hints(parameters, issues);
        List<String> types = content.types(scope, parameters, issues);
        AssociatedData companions = associatedData.read(parameters, issues);
        ExportRequest.Past past = associatedData.past(scope, parameters, issues);
        ExportRequest.Content wanted = new ExportRequest.Content(
                types,
                content.typeFilters(parameters, types, issues),
                content.elements(parameters, issues),
                content.organizeBy(scope, parameters, types, companions, issues));
        List<String> ids = patients.read(scope, parameters, issues);
        Instant since = time(ExportParameter.SINCE, parameters, issues);
        Instant until = time(ExportParameter.UNTIL, parameters, issues);
        order(since, until, issues);
        String container = container(parameters, issues);
        boolean partialManifests = partialManifests(parameters, issues);
        return new ExportRequest(
                scope,
                wanted,
                companions,
                past,
                ids,
                since,
                until,
                container,
                headers.separateStatus(),
                partialManifests,
                issues.warnings());
    }

    private void order(@Nullable Instant since, @Nullable Instant until, IssueCollector issues) {
        if (since != null && until != null && !since.isBefore(until)) {
            issues.invalid("_since must be before _until, but is '" + FhirInstant.format(since) + "' and '"
                    + FhirInstant.format(until) + "'.");
        }
        if (until != null && until.isBefore(retention.keptFrom())) {
            issues.invalid(KickOff.tooFarBack(FhirInstant.format(until), retention.keptFrom()));
        }
    }

    private static void outputFormat(KickOffParameters parameters, IssueCollector issues) {
        for (String format : parameters.all(ExportParameter.OUTPUT_FORMAT)) {
            // A plus sign that was not percent-encoded arrives as a space.
            if (!FORMATS.contains(format.replace(' ', '+'))) {
                issues.invalid("The _outputFormat '" + format
                        + "' is not supported; leave it out, or use application/fhir+ndjson,"
                        + " application/ndjson or ndjson.");
            }
        }
    }

    /** Checks parameters that Azure's server uses as hints for its paging. Sluice does not need them. */
    private static void hints(KickOffParameters parameters, IssueCollector issues) {
        for (String count : parameters.all(ExportParameter.MAX_COUNT)) {
            if (!count.matches("\\d{1,9}") || Integer.parseInt(count) > MAX_COUNT) {
                issues.invalid("The _maxCount '" + count + "' is not a whole number from 0 to " + MAX_COUNT
                        + "; leave it out, it has no effect.");
            }
        }
        for (String parallel : parameters.all(ExportParameter.IS_PARALLEL)) {
            if (!parallel.equalsIgnoreCase("true") && !parallel.equalsIgnoreCase("false")) {
                issues.invalid("The _isParallel '" + parallel
                        + "' is neither true nor false; leave it out, exports are always parallel.");
            }
        }
    }

    /**
     * A date stands for its first instant. Values with seconds or fractions are exact: the export has changes after
     * _since, up to and including _until, so that one export's _until can be the next one's _since. A whole day, month
     * or year includes its first instant.
     */
    private static @Nullable Instant time(
            ExportParameter parameter, KickOffParameters parameters, IssueCollector issues) {
        Instant time = null;
        for (String value : parameters.all(parameter)) {
            // A plus sign that was not percent-encoded arrives as a space.
            Optional<FhirInstant.Span> span = FhirInstant.parse(value.replace(' ', '+'));
            if (span.isEmpty()) {
                issues.invalid(parameter + " has the value '" + value + "', which is not a date or time; write it as"
                        + " 2026-11-23 or 2026-11-23T10:15:00Z.");
                continue;
            }
            boolean fine =
                    Duration.between(span.get().from(), span.get().until()).compareTo(Duration.ofSeconds(1)) <= 0;
            Instant read = fine ? span.get().from() : span.get().from().minusMillis(1);
            if (time != null && !time.equals(read)) {
                issues.invalid(parameter + " is given twice, with different values; give it once.");
            }
            time = read;
        }
        return time;
    }

    private static boolean partialManifests(KickOffParameters parameters, IssueCollector issues) {
        List<String> values = parameters.all(ExportParameter.ALLOW_PARTIAL_MANIFESTS).stream()
                .distinct()
                .toList();
        for (String value : values) {
            if (!value.equals("true") && !value.equals("false")) {
                issues.invalid("The allowPartialManifests '" + value
                        + "' is neither true nor false; leave it out, or give true to get the manifest in pages.");
            }
        }
        if (values.size() > 1) {
            issues.invalid("allowPartialManifests is given twice, with different values; give it once.");
        }
        return values.contains("true");
    }

    private static @Nullable String container(KickOffParameters parameters, IssueCollector issues) {
        List<String> names =
                parameters.all(ExportParameter.CONTAINER).stream().distinct().toList();
        if (names.size() > 1) {
            issues.invalid("_container is given twice, as '" + String.join("' and '", names) + "'; give it once.");
        }
        names.forEach(name -> ContainerName.fault(name).ifPresent(issues::invalid));
        return names.isEmpty() ? null : names.get(0);
    }
}
