package dev.sluice.viewexport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.Suggestions;
import dev.sluice.json.JsonOutput;
import dev.sluice.security.Access;
import dev.sluice.view.CompiledView;
import dev.sluice.view.CsvRows;
import dev.sluice.view.InvalidViewException;
import dev.sluice.view.NdjsonRows;
import dev.sluice.view.RowSink;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRowException;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves {@code $viewdefinition-run}: the rows that a view makes of the resources in the request, to try it out. It reads
 * nothing from the store.
 *
 * @see <a href="https://sql-on-fhir.org/ig/OperationDefinition-ViewDefinitionRun.html">$viewdefinition-run</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir")
class ViewRunController {
    private static final Set<String> KNOWN =
            new TreeSet<>(Set.of("viewResource", "resource", "_format", "header", "_limit"));
    private static final int LARGEST = 16 << 20;

    private static final Map<String, RunFormat> FORMATS = Map.of(
            "json", RunFormat.JSON,
            "application/json", RunFormat.JSON,
            "ndjson", RunFormat.NDJSON,
            "application/x-ndjson", RunFormat.NDJSON,
            "csv", RunFormat.CSV,
            "text/csv", RunFormat.CSV);

    private final BaseUrl base;

    ViewRunController(BaseUrl base) {
        this.base = base;
    }

    /** The form of the rows. */
    private enum RunFormat {
        JSON("application/json"),
        NDJSON("application/x-ndjson"),
        CSV("text/csv;charset=utf-8");

        private final String mediaType;

        RunFormat(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    /** Ends the rows when there are enough. */
    private static final class EnoughRows extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EnoughRows() {
            super(null, null, false, false);
        }
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
        RunFormat format = FORMATS.get(code);
        if (format == null) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    "The _format '" + ViewParameters.cut(code)
                            + "' is not supported; supported are json, ndjson and csv.");
        }
        boolean header = !single(parameters, "header", "true").equals("false");
        byte[] rows = rows(view, parameters, format, header);
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_TYPE, format.mediaType)
                .body(rows);
    }

    private static void requireKnown(ViewParameters parameters) {
        Set<String> given = new TreeSet<>(parameters.values().keySet());
        given.addAll(parameters.resources().keySet());
        if (!parameters.views().isEmpty()) {
            given.add("view");
        }
        List<Issue> issues = given.stream()
                .filter(name -> !KNOWN.contains(name))
                .map(name -> Issue.error(
                        "not-supported",
                        "The parameter '" + ViewParameters.cut(name) + "' is not supported"
                                + (Suggestions.advice(name, KNOWN).isEmpty()
                                        ? "; supported are " + String.join(", ", KNOWN)
                                                + ". The view is applied to the resources of the request;"
                                                + " $viewdefinition-export applies views to those that are stored."
                                        : Suggestions.advice(name, KNOWN))))
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

    private byte[] rows(ViewDefinition view, ViewParameters parameters, RunFormat format, boolean header) {
        JsonOutput out = new JsonOutput();
        if (format == RunFormat.CSV && header) {
            out.put(CsvRows.header(view.columns()));
        } else if (format == RunFormat.JSON) {
            out.put('[');
        }
        RowSink writer =
                format == RunFormat.CSV ? new CsvRows(view.columns(), out) : new NdjsonRows(view.columns(), out);
        RowSink sink = limited(writer, out, limit(parameters), format == RunFormat.JSON);
        CompiledView compiled = view.compile(base.own());
        int number = 0;
        try {
            for (ObjectNode resource : parameters.resources().getOrDefault("resource", List.of())) {
                byte[] bytes = resource.toString().getBytes(UTF_8);
                compiled.rows(bytes, 0, bytes.length, sink);
                number++;
            }
        } catch (EnoughRows e) {
            // The rest is not wanted.
        } catch (ViewRowException e) {
            throw FhirException.of(
                    422, "processing", "The view makes no rows of resource[" + number + "]: " + e.getMessage() + ".");
        }
        if (format == RunFormat.JSON) {
            out.put(']');
        }
        return Arrays.copyOf(out.bytes(), out.size());
    }

    private static RowSink limited(RowSink writer, JsonOutput out, int limit, boolean list) {
        int[] made = {0};
        return row -> {
            if (made[0]++ >= limit) {
                throw new EnoughRows();
            }
            if (list && made[0] > 1) {
                out.truncate(out.size() - 1); // the end of the line
                out.put(',');
            }
            writer.row(row);
            if (out.size() > LARGEST) {
                throw FhirException.of(
                        413, "too-costly", "The rows are larger than " + (LARGEST >> 20) + " MB; give a _limit.");
            }
        };
    }

    private static int limit(ViewParameters parameters) {
        String limit = single(parameters, "_limit", Integer.toString(Integer.MAX_VALUE));
        if (!limit.matches("\\d{1,10}") || Long.parseLong(limit) > Integer.MAX_VALUE) {
            throw FhirException.invalid("The _limit '" + ViewParameters.cut(limit) + "' is not a whole number.");
        }
        return Integer.parseInt(limit);
    }
}
