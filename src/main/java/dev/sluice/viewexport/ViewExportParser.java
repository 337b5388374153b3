package dev.sluice.viewexport;

import dev.sluice.export.ExportService.ViewExport;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.plan.ViewOutput;
import dev.sluice.plan.ViewOutput.Format;
import dev.sluice.plan.ViewOutput.PlannedView;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportScope;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.view.InvalidViewException;
import dev.sluice.view.ViewColumn;
import dev.sluice.view.ViewDefinition;
import dev.sluice.viewexport.ViewParameters.GivenView;
import dev.sluice.web.BaseUrl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes an export of views of the parameters of a request, or reports all that is wrong at once. */
@Component
class ViewExportParser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,99}");
    private static final int MOST_VIEWS = 100;

    /** Files of issues have this name. */
    private static final String RESERVED = "errors";

    /** Parameters that mean the same as those of {@code $export}. */
    private static final List<ExportParameter> OF_EXPORT = List.of(
            ExportParameter.SINCE,
            ExportParameter.UNTIL,
            ExportParameter.PATIENT,
            ExportParameter.CONTAINER,
            ExportParameter.ANONYMIZATION_CONFIG,
            ExportParameter.ANONYMIZATION_CONFIG_ETAG);

    private static final Map<String, Format> FORMATS = Map.of(
            "ndjson", Format.NDJSON,
            "application/x-ndjson", Format.NDJSON,
            "application/ndjson", Format.NDJSON,
            "csv", Format.CSV,
            "text/csv", Format.CSV,
            "parquet", Format.PARQUET,
            "application/vnd.apache.parquet", Format.PARQUET,
            "delta", Format.DELTA);

    /** The second name is that of {@code $export}. */
    private static final List<String> FORMAT = List.of("_format", ExportParameter.OUTPUT_FORMAT.toString());

    private final PatientCompartment compartment;
    private final BaseUrl base;

    ViewExportParser(PatientCompartment compartment, BaseUrl base) {
        this.compartment = compartment;
        this.base = base;
    }

    /**
     * The export that a request asks for.
     *
     * @throws FhirException 400 if the parameters are wrong; 422 if only views are wrong
     */
    ViewExport parse(ViewParameters parameters) {
        List<Issue> issues = new ArrayList<>();
        unsupported(parameters, issues);
        ExportScope scope = scope(parameters, issues);
        Format format = format(parameters, issues);
        if (format == Format.DELTA) {
            requireTables(parameters, issues);
        }
        boolean header = header(parameters, issues);
        String trackingId = single(parameters, "clientTrackingId", issues);
        int faultsOfParameters = issues.size();
        List<Issue> warnings = new ArrayList<>();
        List<PlannedView> views = views(parameters.views(), scope, format, issues, warnings);
        if (parameters.views().isEmpty() || parameters.views().size() > MOST_VIEWS) {
            throw FhirException.of(
                    400,
                    parameters.views().isEmpty() ? "required" : "too-costly",
                    "The parameter 'view' is given " + parameters.views().size() + " times; give it 1 to " + MOST_VIEWS
                            + " times, each with a viewResource.");
        }
        if (!issues.isEmpty()) {
            List<Issue> first = issues.subList(0, Math.min(issues.size(), FhirException.MOST_ISSUES));
            throw new FhirException(faultsOfParameters > 0 ? 400 : 422, first);
        }
        return new ViewExport(
                scope, given(parameters, views), new ViewOutput(format, header, trackingId, views), warnings);
    }

    private static void unsupported(ViewParameters parameters, List<Issue> issues) {
        Set<String> known = new TreeSet<>(Set.of("view", "header", "clientTrackingId", "group"));
        known.addAll(FORMAT);
        OF_EXPORT.forEach(parameter -> known.addAll(parameter.names()));
        Set<String> given = new TreeSet<>(parameters.values().keySet());
        given.addAll(parameters.resources().keySet());
        for (String name : given) {
            if (!known.contains(name)) {
                issues.add(Issue.error(
                        "not-supported",
                        "The parameter '" + ViewParameters.cut(name) + "' is not supported"
                                + (Suggestions.advice(name, known).isEmpty()
                                        ? "; supported are " + String.join(", ", known) + "."
                                        : Suggestions.advice(name, known))));
            }
        }
    }

    private ExportScope scope(ViewParameters parameters, List<Issue> issues) {
        String group = single(parameters, "group", issues);
        if (group != null) {
            ResourceKey key = base.own().resource(group);
            if (key != null && key.type().equals(ResourceType.GROUP)) {
                return new ExportScope.GroupMembers(key.id());
            }
            issues.add(Issue.error(
                    "invalid",
                    "The group '" + ViewParameters.cut(group)
                            + "' is no Group of this server; write it as Group/[id]."));
        }
        return parameters.values().containsKey(ExportParameter.PATIENT.toString())
                ? new ExportScope.AllPatients()
                : new ExportScope.Everything();
    }

    private static Format format(ViewParameters parameters, List<Issue> issues) {
        List<String> codes = FORMAT.stream()
                .map(name -> single(parameters, name, issues))
                .filter(Objects::nonNull)
                .toList();
        if (codes.size() > 1) {
            issues.add(Issue.error("invalid", String.join(" and ", FORMAT) + " mean the same; give one of them."));
        }
        String code = codes.isEmpty() ? null : codes.get(0);
        Format format = code == null ? Format.NDJSON : FORMATS.get(code.toLowerCase(Locale.ROOT));
        if (format == null) {
            issues.add(Issue.error(
                    "not-supported",
                    "The _format '" + ViewParameters.cut(String.valueOf(code))
                            + "' is not supported; supported are ndjson, csv, parquet and delta."));
            return Format.NDJSON;
        }
        return format;
    }

    /** An export replaces the tables of a container. */
    private static void requireTables(ViewParameters parameters, List<Issue> issues) {
        String delta = "the " + FORMAT.get(0) + " '" + Format.DELTA.code() + "'";
        if (!isGiven(parameters, ExportParameter.CONTAINER)) {
            issues.add(Issue.error(
                    "required",
                    ExportParameter.CONTAINER + " is missing: with " + delta + ", it names the container that has the"
                            + " tables."));
        }
        if (isGiven(parameters, ExportParameter.SINCE)) {
            issues.add(Issue.error(
                    "not-supported",
                    ExportParameter.SINCE + " cannot be combined with " + delta
                            + ": rows of a view have no ids, by which"
                            + " changed rows could take the place of others, so each export replaces all rows. Leave "
                            + ExportParameter.SINCE + " out."));
        }
    }

    private static boolean isGiven(ViewParameters parameters, ExportParameter parameter) {
        return parameter.names().stream().anyMatch(parameters.values()::containsKey);
    }

    /** Readers of Delta Lake do not tell the names of columns apart by case. */
    private static void requireNames(String place, List<ViewColumn> columns, List<Issue> issues) {
        Set<String> names = new HashSet<>();
        for (ViewColumn column : columns) {
            if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                issues.add(Issue.error(
                        "invalid",
                        place + ".viewResource: the name of the column '" + column.name() + "' differs from that of"
                                + " another one in case only, which Delta Lake does not allow; give it another name."));
            }
        }
    }

    private static boolean header(ViewParameters parameters, List<Issue> issues) {
        String text = single(parameters, "header", issues);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            issues.add(
                    Issue.error("invalid", "The header '" + ViewParameters.cut(text) + "' is neither true nor false."));
        }
        return !"false".equals(text);
    }

    private static @Nullable String single(ViewParameters parameters, String name, List<Issue> issues) {
        List<String> values = parameters.values().getOrDefault(name, List.of());
        if (values.size() > 1) {
            issues.add(Issue.error("not-supported", "The parameter '" + name + "' is given twice; give it once."));
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private List<PlannedView> views(
            List<GivenView> given, ExportScope scope, Format format, List<Issue> issues, List<Issue> warnings) {
        List<PlannedView> views = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (GivenView view : given) {
            PlannedView planned = view(view, views.size() + 1, format, issues, warnings);
            if (planned == null) {
                continue;
            }
            views.add(planned);
            String place = view.place() + ", the view '" + ViewParameters.cut(planned.name()) + "', ";
            if (!NAME.matcher(planned.name()).matches() || planned.name().equalsIgnoreCase(RESERVED)) {
                issues.add(Issue.error(
                        "invalid",
                        place + "needs another name: a letter, and up to 99 letters, digits and '_' after it, and not '"
                                + RESERVED + "'."));
            } else if (!names.add(planned.name().toLowerCase(Locale.ROOT))) {
                issues.add(Issue.error("invalid", place + "has the name of another view; give it the part 'name'."));
            }
            if (!(scope instanceof ExportScope.Everything) && !compartment.covers(planned.type())) {
                issues.add(Issue.error(
                        "invalid",
                        place + "is about " + planned.type()
                                + ", which is in no patient's compartment; leave patient and group out."));
            }
        }
        return views;
    }

    private static @Nullable PlannedView view(
            GivenView given, int number, Format format, List<Issue> issues, List<Issue> warnings) {
        if (given.resource() == null) {
            issues.add(
                    given.reference() == null
                            ? Issue.error("required", given.place() + " has no viewResource.")
                            : Issue.error(
                                    "not-supported",
                                    given.place() + " has a viewReference: this server stores no ViewDefinition; give"
                                            + " the view as viewResource."));
            return null;
        }
        try {
            ViewDefinition view = ViewDefinition.of(given.resource());
            if (format == Format.DELTA) {
                requireNames(given.place(), view.columns(), issues);
            }
            String name = given.name() != null ? given.name() : view.name() != null ? view.name() : "view" + number;
            view.warnings()
                    .forEach(warning -> warnings.add(
                            new Issue(Severity.WARNING, "value", "The view '" + name + "': " + warning.text() + ".")));
            return new PlannedView(name, view.resource(), given.resource().toString());
        } catch (InvalidViewException e) {
            e.faults()
                    .forEach(fault ->
                            issues.add(Issue.error("invalid", given.place() + ".viewResource: " + fault.text() + ".")));
            return null;
        }
    }

    private static Map<String, List<String>> given(ViewParameters parameters, List<PlannedView> views) {
        Map<String, List<String>> given = new HashMap<>();
        for (ExportParameter parameter : OF_EXPORT) {
            for (String name : parameter.names()) {
                if (parameters.values().containsKey(name)) {
                    given.put(name, parameters.values().get(name));
                }
            }
        }
        given.put(
                ExportParameter.TYPE.toString(),
                views.stream().map(view -> view.type().name()).distinct().toList());
        return given;
    }
}
