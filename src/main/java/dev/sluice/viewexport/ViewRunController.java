package dev.sluice.viewexport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ConcurrencyLimit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.Suggestions;
import dev.sluice.planner.ExportParameter;
import dev.sluice.security.Access;
import dev.sluice.view.InvalidViewException;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRowException;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves {@code $viewdefinition-run}: the rows that a view makes of the resources in the request, or else of some stored ones,
 * to try it out.
 *
 * @see <a href="https://sql-on-fhir.org/ig/OperationDefinition-ViewDefinitionRun.html">$viewdefinition-run</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir")
class ViewRunController {
    private static final Set<String> KNOWN =
            new TreeSet<>(Set.of("viewResource", "resource", "_format", "header", "_limit"));

    /** Parameters that limit the stored resources. */
    private static final Set<String> OF_STORED =
            Set.of(ExportParameter.PATIENT.toString(), "group", ExportParameter.SINCE.toString());

    /** Rows of stored resources, unless the request says how many. */
    private static final int SOME = 1_000;

    /** Rows of stored resources at most. More are what exports are for. */
    private static final int MOST = 10_000;

    private static final int AT_A_TIME = 2;

    private final ViewExportParser parser;
    private final StoredRun stored;
    private final BaseUrl base;
    private final ConcurrencyLimit limit = new ConcurrencyLimit(AT_A_TIME, "other runs of views");

    ViewRunController(ViewExportParser parser, StoredRun stored, BaseUrl base) {
        this.parser = parser;
        this.stored = stored;
        this.base = base;
    }

    @PostMapping({
        "/$viewdefinition-run",
        "/$sql-run",
        "/ViewDefinition/$viewdefinition-run",
        "/ViewDefinition/$sql-run",
        "/ViewDefinition/$run"
    })
    ResponseEntity<byte[]> run(HttpServletRequest request) throws IOException {
        ViewParameters parameters = ViewParameters.of(request);
        requireKnown(parameters);
        ViewDefinition view = view(parameters);
        String code = single(parameters, "_format", "json");
        RunRows.Format format = RunRows.Format.of(code);
        if (format == null) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    "The _format '" + ViewParameters.cut(code)
                            + "' is not supported; supported are json, ndjson and csv.");
        }
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, format.mediaType())
                .body(
                        parameters.resources().containsKey("resource")
                                ? limit.run(() -> rows(view, parameters, format, request))
                                : storedRows(view, parameters, format, request));
    }

    private byte[] storedRows(
            ViewDefinition view, ViewParameters parameters, RunRows.Format format, HttpServletRequest request)
            throws IOException {
        int most = limit(parameters, SOME);
        if (most > MOST) {
            throw FhirException.of(
                    400,
                    "too-costly",
                    "The _limit of rows of stored resources is at most " + MOST
                            + "; $viewdefinition-export writes all rows.");
        }
        RunRows rows = new RunRows(view, base.own(), format, header(parameters), most);
        if (most > 0) {
            RequestMemory.of(request).claim().add(RunRows.MEMORY);
            stored.add(parser.parse(parameters.asExport(OF_STORED)), rows, request);
        }
        return rows.end();
    }

    private static void requireKnown(ViewParameters parameters) {
        Set<String> given = new TreeSet<>(parameters.values().keySet());
        given.addAll(parameters.resources().keySet());
        if (!parameters.views().isEmpty()) {
            given.add("view");
        }
        Set<String> known = new TreeSet<>(KNOWN);
        if (!parameters.resources().containsKey("resource")) {
            known.addAll(OF_STORED);
        }
        List<Issue> issues = given.stream()
                .filter(name -> !known.contains(name))
                .map(name -> Issue.error(
                        "not-supported",
                        "The parameter '" + ViewParameters.cut(name) + "' is not supported"
                                + (OF_STORED.contains(name)
                                        ? " with 'resource'; without it, the view is applied to stored resources."
                                        : Suggestions.advice(name, known).isEmpty()
                                                ? "; supported are " + String.join(", ", known) + "."
                                                : Suggestions.advice(name, known))))
                .toList();
        if (!issues.isEmpty()) {
            throw new FhirException(400, issues);
        }
    }

    private static ViewDefinition view(ViewParameters parameters) {
        List<ObjectNode> views = parameters.resources().getOrDefault("viewResource", List.of());
        if (views.size() != 1) {
            throw FhirException.of(
                    400, "required", "The parameter 'viewResource' is given " + views.size() + " times; give it once.");
        }
        try {
            return ViewDefinition.of(views.get(0));
        } catch (InvalidViewException e) {
            throw new FhirException(
                    422,
                    e.faults().stream()
                            .map(fault -> Issue.error("invalid", "viewResource: " + fault.text() + "."))
                            .toList());
        }
    }

    private static String single(ViewParameters parameters, String name, String otherwise) {
        List<String> values = parameters.values().getOrDefault(name, List.of(otherwise));
        if (values.size() != 1) {
            throw FhirException.invalid("The parameter '" + name + "' is given twice; give it once.");
        }
        return values.get(0);
    }

    private static boolean header(ViewParameters parameters) {
        String text = single(parameters, "header", "true");
        if (!text.equals("true") && !text.equals("false")) {
            throw FhirException.invalid("The header '" + ViewParameters.cut(text) + "' is neither true nor false.");
        }
        return text.equals("true");
    }

    private byte[] rows(
            ViewDefinition view, ViewParameters parameters, RunRows.Format format, HttpServletRequest request) {
        RequestMemory.of(request).claim().add(RunRows.MEMORY);
        RunRows rows = new RunRows(view, base.own(), format, header(parameters), limit(parameters, Integer.MAX_VALUE));
        List<ObjectNode> resources = parameters.resources().getOrDefault("resource", List.of());
        for (int i = 0; i < resources.size() && !rows.isFull(); i++) {
            byte[] bytes = resources.get(i).toString().getBytes(UTF_8);
            try {
                rows.add(bytes, 0, bytes.length);
            } catch (ViewRowException e) {
                throw FhirException.of(
                        422, "processing", "The view makes no rows of resource[" + i + "]: " + e.getMessage() + ".");
            }
        }
        return rows.end();
    }

    private static int limit(ViewParameters parameters, int otherwise) {
        String limit = single(parameters, "_limit", Integer.toString(otherwise));
        if (!limit.matches("\\d{1,10}") || Long.parseLong(limit) > Integer.MAX_VALUE) {
            throw FhirException.invalid("The _limit '" + ViewParameters.cut(limit) + "' is not a whole number.");
        }
        return Integer.parseInt(limit);
    }
}
