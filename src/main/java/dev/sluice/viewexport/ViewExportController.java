package dev.sluice.viewexport;

import dev.sluice.audit.Audit;
import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.OperationOutcomes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the kick-off and the result of exports of views. Their status and files are those of any export.
 *
 * @see <a href="https://sql-on-fhir.org/ig/OperationDefinition-ViewDefinitionExport.html">$viewdefinition-export</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir")
class ViewExportController {
    private static final String STATUS = "/_operations/export/";

    private final ViewExportParser parser;
    private final ExportService exports;
    private final BaseUrl base;
    private final Audit audit;

    ViewExportController(ViewExportParser parser, ExportService exports, BaseUrl base, Audit audit) {
        this.parser = parser;
        this.exports = exports;
        this.base = base;
        this.audit = audit;
    }

    /** Starts an export. The second name is that of a draft of the operation. */
    @PostMapping({
        "/$viewdefinition-export",
        "/$sql-export",
        "/ViewDefinition/$viewdefinition-export",
        "/ViewDefinition/$sql-export"
    })
    ResponseEntity<ObjectNode> start(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        ExportService.ViewExport export = parser.parse(ViewParameters.of(request));
        ExportService.Started started = exports.start(
                export,
                base.of(request) + "/$viewdefinition-export",
                request,
                headers,
                act -> audit.record(request, act));
        String status = base.of(request) + STATUS + started.job();
        ObjectNode parameters = parameters();
        ArrayNode list = parameters.withArray("/parameter");
        list.addObject()
                .put("name", "exportId")
                .put("valueString", started.job().toString());
        if (export.views().trackingId() != null) {
            list.addObject()
                    .put("name", "clientTrackingId")
                    .put("valueString", export.views().trackingId());
        }
        list.addObject().put("name", "status").put("valueCode", "accepted");
        list.addObject().put("name", "location").put("valueUri", status);
        return ResponseEntity.accepted()
                .header("Preference-Applied", "respond-async")
                .header(HttpHeaders.CONTENT_LOCATION, status)
                .contentType(OperationOutcomes.FHIR_JSON)
                .body(parameters);
    }

    /** The files of an export that is complete, or why it has failed. */
    @GetMapping(STATUS + "{job:[0-9a-f-]{36}}/result")
    ResponseEntity<ObjectNode> result(@PathVariable UUID job, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        Optional<String> failure = exports.failure(job, caller);
        if (failure.isPresent()) {
            Issue issue = Issue.error("exception", "The export has failed: " + failure.get());
            return ResponseEntity.status(500)
                    .contentType(OperationOutcomes.FHIR_JSON)
                    .body(FhirJson.operationOutcome(List.of(issue)));
        }
        ObjectNode manifest = exports.manifest(job, base.of(request), caller);
        JsonNode views = manifest.path("extension").path("views");
        if (views.isMissingNode()) {
            throw FhirException.notFound("The export " + job + " has no views; its status has its manifest.");
        }
        exports.recordManifest(job, request, manifest);
        return ResponseEntity.ok().contentType(OperationOutcomes.FHIR_JSON).body(result(job, manifest, views));
    }

    private static ObjectNode result(UUID job, ObjectNode manifest, JsonNode views) {
        ObjectNode parameters = parameters();
        ArrayNode list = parameters.withArray("/parameter");
        list.addObject().put("name", "exportId").put("valueString", job.toString());
        if (views.path("trackingId").isString()) {
            list.addObject()
                    .put("name", "clientTrackingId")
                    .put("valueString", views.path("trackingId").stringValue());
        }
        list.addObject().put("name", "status").put("valueCode", "completed");
        list.addObject()
                .put("name", "_format")
                .put("valueCode", views.path("format").stringValue());
        list.addObject()
                .put("name", "exportStartTime")
                .put("valueInstant", manifest.path("transactionTime").stringValue());
        for (JsonNode view : views.path("names")) {
            output(list.addObject().put("name", "output").putArray("part"), view, manifest);
        }
        if (!manifest.path("error").isEmpty()) {
            ArrayNode parts = list.addObject().put("name", "error").putArray("part");
            manifest.path("error").forEach(file -> location(parts, file));
        }
        return parameters;
    }

    /** The files of a view, and the version of the table of Delta Lake to which they belong, if there is one. */
    private static void output(ArrayNode parts, JsonNode view, ObjectNode manifest) {
        parts.addObject().put("name", "name").put("valueString", view.stringValue());
        for (JsonNode table : manifest.at("/extension/tables")) {
            if (table.path("view").equals(view)) {
                parts.addObject()
                        .put("name", "table")
                        .put("valueString", table.path("folder").stringValue());
                parts.addObject()
                        .put("name", "version")
                        .put("valueInteger", table.path("version").longValue());
            }
        }
        for (JsonNode file : manifest.path("output")) {
            if (file.path("extension").path("view").equals(view)) {
                location(parts, file);
            }
        }
    }

    private static void location(ArrayNode parts, JsonNode file) {
        parts.addObject()
                .put("name", "location")
                .put("valueUri", file.path("url").stringValue());
    }

    private static ObjectNode parameters() {
        return FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
    }
}
