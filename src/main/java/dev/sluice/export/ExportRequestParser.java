package dev.sluice.export;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.plan.OutputFormat;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportBounds;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.store.KeptVersions;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Parses the parameters of a kick-off into an {@link ExportRequest}, or reports all their errors at once. */
@Component
class ExportRequestParser {
    /** The largest page size that Azure's server accepts. */
    private static final int MAX_COUNT = 10_000;

    private static final int LONGEST_QUOTE = 100;

    private final UnsupportedParameters unsupported;
    private final ContentParameters content;
    private final AssociatedDataParameters associatedData;
    private final PatientParameter patients;
    private final KeptVersions keptVersions;

    ExportRequestParser(
            UnsupportedParameters unsupported,
            ContentParameters content,
            AssociatedDataParameters associatedData,
            PatientParameter patients,
            KeptVersions keptVersions) {
        this.unsupported = unsupported;
        this.content = content;
        this.associatedData = associatedData;
        this.patients = patients;
        this.keptVersions = keptVersions;
    }

    /**
     * Parses the request, or throws a 400 problem with one issue for each error in headers and parameters.
     *
     * @param scope the level, from the path
     * @param bounds what the caller may not ask about
     */
    ExportRequest parse(ExportScope scope, KickOffHeaders headers, KickOffParameters parameters, ExportBounds bounds) {
        IssueCollector issues = new IssueCollector(headers);
        unsupported.report(parameters, issues);
        hints(parameters, issues);
        Map<ExportParameter, List<String>> values = new EnumMap<>(ExportParameter.class);
        for (ExportParameter parameter : ExportParameter.values()) {
            boolean filter = parameter == ExportParameter.TYPE_FILTER; // its commas may separate values
            if (parameter.use() != ExportParameter.Use.WITHOUT_EFFECT && !filter) {
                values.put(
                        parameter,
                        parameter.max().equals("1")
                                ? single(parameter, parameters, issues)
                                : parameters.list(parameter));
            }
        }
        List<String> types = content.types(scope, parameters, issues);
        values.put(ExportParameter.OUTPUT_FORMAT, outputFormat(parameters, issues));
        values.put(ExportParameter.TYPE, types);
        values.put(ExportParameter.TYPE_FILTER, content.typeFilters(parameters, types, issues));
        values.put(ExportParameter.ELEMENTS, content.elements(parameters, issues));
        values.put(ExportParameter.INCLUDE_ASSOCIATED_DATA, associatedData.values(scope, parameters, issues));
        values.put(ExportParameter.INCLUDE_REFERENCED, associatedData.referenced(parameters, issues));
        associatedData.depth(parameters, issues);
        values.put(ExportParameter.QUASI_IDENTIFIERS, QuasiIdentifierParameters.read(parameters, issues));
        values.put(ExportParameter.PATIENT, patients.read(scope, parameters, bounds, issues));
        ExportRequest request = new ExportRequest(scope, values, headers.separateStatus(), bounds, List.of());
        values.put(ExportParameter.ORGANIZE_OUTPUT_BY, content.organizeBy(request, issues));
        order(request.time(ExportParameter.SINCE), request.time(ExportParameter.UNTIL), issues);
        request.values(ExportParameter.CONTAINER).forEach(name -> container(name, issues));
        tables(request, issues);
        rules(request, issues);
        return new ExportRequest(scope, values, headers.separateStatus(), bounds, issues.warnings());
    }

    private void order(@Nullable Instant since, @Nullable Instant until, IssueCollector issues) {
        if (since != null && until != null && !since.isBefore(until)) {
            issues.invalid("_since must be before _until, but is '" + FhirInstant.format(since) + "' and '"
                    + FhirInstant.format(until) + "'.");
        }
        if (until != null && until.isBefore(keptVersions.keptFrom())) {
            issues.invalid(KickOff.tooFarBack(FhirInstant.format(until), keptVersions.keptFrom()));
        }
    }

    private static void container(String name, IssueCollector issues) {
        ContainerName.fault(name).ifPresent(issues::invalid);
        if (ContainerName.isOwn(name)) {
            issues.invalid("_container names '" + name + "', a container that Sluice creates for itself and deletes;"
                    + " give another name, or leave _container out.");
        } else if (name.equals(ContainerName.ANONYMIZATION)) {
            issues.invalid("_container names '" + name + "', which is for rule files; give another name.");
        }
    }

    /** The parameters of a de-identified export, with the conditions of Azure's server. */
    private static void rules(ExportRequest request, IssueCollector issues) {
        String config = request.value(ExportParameter.ANONYMIZATION_CONFIG);
        boolean hasEtag = request.value(ExportParameter.ANONYMIZATION_CONFIG_ETAG) != null;
        if (config == null) {
            if (hasEtag) {
                issues.invalid("Missing '" + ExportParameter.ANONYMIZATION_CONFIG + "' for anonymized export: "
                        + ExportParameter.ANONYMIZATION_CONFIG_ETAG + " says which version of the rule file it means.");
            }
            return;
        }
        if (request.value(ExportParameter.CONTAINER) == null) {
            issues.invalid("Missing '" + ExportParameter.CONTAINER
                    + "' for anonymized export: name the container for the files.");
        }
        if (request.associatedData().deletions()) {
            issues.invalid(ExportParameter.INCLUDE_ASSOCIATED_DATA + " '" + AssociatedData.DELETED
                    + "' cannot be combined with " + ExportParameter.ANONYMIZATION_CONFIG
                    + ", since rules may remove the"
                    + " extension that marks a deleted resource. Use " + ExportParameter.SINCE
                    + ": the list 'deleted' then has the ids that deleted resources had in the output.");
        }
        if (RuleFiles.isPreset(config)) {
            if (hasEtag) {
                issues.invalid("The rules '" + config + "' are shipped with the server and have no ETag; leave "
                        + ExportParameter.ANONYMIZATION_CONFIG_ETAG + " out.");
            }
        } else if (BlobPath.fault(config).isPresent() || config.indexOf('%') >= 0) { // clients of storage decode names
            issues.invalid("The value '" + StringUtils.abbreviate(config, LONGEST_QUOTE)
                    + "' is not valid. Path traversal characters are not allowed. Name a file of the container "
                    + ContainerName.ANONYMIZATION + ", such as study-1/rules.json, without '%', '\\' and '..'.");
        }
    }

    /** The name of the format, if one is given and supported. */
    private static List<String> outputFormat(KickOffParameters parameters, IssueCollector issues) {
        Set<String> formats = new LinkedHashSet<>();
        for (String name : parameters.all(ExportParameter.OUTPUT_FORMAT)) {
            OutputFormat.of(name)
                    .ifPresentOrElse(
                            format -> formats.add(format.mimeType()),
                            () -> issues.invalid("The _outputFormat '" + StringUtils.abbreviate(name, LONGEST_QUOTE)
                                    + "' is not supported; leave it out, or use one of " + OutputFormat.allNames()
                                    + "."));
        }
        if (formats.size() > 1) {
            issues.invalid(ExportParameter.OUTPUT_FORMAT + " is given twice, as '" + String.join("' and '", formats)
                    + "'; give it once.");
        }
        return List.copyOf(formats);
    }

    /** What does not go with tables. */
    private static void tables(ExportRequest request, IssueCollector issues) {
        boolean supported = OutputFormat.of(StringUtils.defaultString(request.value(ExportParameter.OUTPUT_FORMAT)))
                .filter(OutputFormat::isTable)
                .isPresent();
        if (supported && request.value(ExportParameter.ORGANIZE_OUTPUT_BY) != null) {
            issues.invalid(ExportParameter.ORGANIZE_OUTPUT_BY + " cannot be combined with "
                    + ExportParameter.OUTPUT_FORMAT + " '" + request.value(ExportParameter.OUTPUT_FORMAT)
                    + "', since each table has one type; its column patient says in whose compartment a resource is.");
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

    /** The value of a parameter that may be given once, as its type requires; empty if it is not given. */
    private static List<String> single(ExportParameter parameter, KickOffParameters parameters, IssueCollector issues) {
        Set<String> values = new LinkedHashSet<>();
        for (String value : parameters.all(parameter)) {
            String fault = switch (parameter.type()) {
                case "instant" -> "not a date or time; write it as 2026-11-23 or 2026-11-23T10:15:00Z.";
                case "boolean" -> "neither true nor false; write one of them, or leave it out.";
                default -> "not a whole number.";
            };
            read(parameter, value)
                    .ifPresentOrElse(
                            values::add,
                            () -> issues.invalid(parameter + " has the value '" + value + "', which is " + fault));
        }
        if (values.size() > 1) {
            issues.invalid(parameter + " is given twice, as '" + String.join("' and '", values) + "'; give it once.");
        }
        return List.copyOf(values);
    }

    private static Optional<String> read(ExportParameter parameter, String value) {
        return switch (parameter.type()) {
            case "instant" -> time(value).map(Instant::toString);
            case "boolean" -> Optional.of(value).filter(Set.of("true", "false")::contains);
            case "integer" -> Optional.of(value).filter(text -> text.matches("\\d{1,9}"));
            default -> Optional.of(value);
        };
    }

    /**
     * A date stands for its first instant. Values with seconds or fractions are exact: the export has changes after
     * _since, up to and including _until, so that one export's _until can be the next one's _since. A whole day, month
     * or year includes its first instant.
     */
    private static Optional<Instant> time(String value) {
        // A plus sign that was not percent-encoded arrives as a space.
        return FhirInstant.parse(value.replace(' ', '+')).map(span -> {
            boolean fine = Duration.between(span.from(), span.until()).compareTo(Duration.ofSeconds(1)) <= 0;
            return fine ? span.from() : span.from().minusMillis(1);
        });
    }
}
