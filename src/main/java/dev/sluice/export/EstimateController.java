package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Jobs;
import dev.sluice.planner.ExportEstimator;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.planner.KAnonymity;
import dev.sluice.planner.OutputLayout;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.OperationOutcomes;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves {@code $export-estimate}: estimates how large an export would be. It takes the parameters of a kick-off by GET
 * and answers at once with a {@code Parameters} resource, without starting a job.
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir")
class EstimateController {
    private final PermittedRequests requests;
    private final ExportEstimator estimates;
    private final Jobs jobs;
    private final OutputLayout layout;
    private final Clock clock;

    EstimateController(
            PermittedRequests requests, ExportEstimator estimates, Jobs jobs, OutputLayout layout, Clock clock) {
        this.requests = requests;
        this.estimates = estimates;
        this.jobs = jobs;
        this.layout = layout;
        this.clock = clock;
    }

    @GetMapping("/$export-estimate")
    ResponseEntity<ObjectNode> system(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.Everything(), request, headers);
    }

    @GetMapping("/Patient/$export-estimate")
    ResponseEntity<ObjectNode> patients(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.AllPatients(), request, headers);
    }

    @GetMapping("/Group/{id}/$export-estimate")
    ResponseEntity<ObjectNode> group(
            @PathVariable String id, HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.GroupMembers(new ResourceKey(ResourceType.GROUP, id).id()), request, headers);
    }

    private ResponseEntity<ObjectNode> estimate(ExportScope scope, HttpServletRequest request, HttpHeaders headers)
            throws IOException {
        ExportRequest export = requests.parse(
                scope, KickOffHeaders.ofSynchronous(headers), KickOffParameters.of(request), Caller.of(request));
        return ResponseEntity.ok()
                .contentType(OperationOutcomes.FHIR_JSON)
                .body(parameters(export, estimates.of(export, clock.instant())));
    }

    private ObjectNode parameters(ExportRequest export, ExportEstimator.Estimate estimate) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        long rows = 0;
        long bytes = 0;
        long files = 0;
        for (ExportEstimator.OfType type : estimate.types()) {
            ArrayNode parts = list.addObject().put("name", "output").putArray("part");
            parts.addObject().put("name", "type").put("valueCode", type.type());
            sizes(parts, type.rows(), type.bytes(), files(type));
            parts.addObject().put("name", "exact").put("valueBoolean", type.exact());
            rows += type.rows();
            bytes += type.bytes();
            files += files(type);
        }
        ArrayNode total = list.addObject().put("name", "total").putArray("part");
        sizes(total, rows, bytes, files);
        OptionalDouble rate = jobs.bytesPerSecond(ExportHandler.KIND);
        if (rate.isPresent()) {
            total.addObject().put("name", "seconds").put("valueDecimal", Math.ceil(bytes / rate.getAsDouble()));
        }
        if (export.quasiIdentifiers() != null) {
            classes(list.addObject().put("name", "kAnonymity"), estimate.classes());
        }
        return parameters;
    }

    private static void classes(ObjectNode parameter, KAnonymity.@Nullable Classes classes) {
        if (classes == null) {
            parameter.put(
                    "valueString", "The count takes too long for an estimate. The error file of the export has it.");
            return;
        }
        ArrayNode parts = parameter.putArray("part");
        parts.addObject()
                .put("name", "k")
                .put("valueInteger", classes.question().k());
        classes.question()
                .identifiers()
                .forEach(one -> parts.addObject().put("name", "quasiIdentifier").put("valueCode", one.toString()));
        parts.addObject().put("name", "patients").put("valueDecimal", classes.patients());
        parts.addObject().put("name", "classes").put("valueDecimal", classes.classes());
        parts.addObject().put("name", "smallestClass").put("valueDecimal", classes.smallest());
        parts.addObject().put("name", "classesBelowK").put("valueDecimal", classes.smallClasses());
        parts.addObject().put("name", "patientsBelowK").put("valueDecimal", classes.atRisk());
    }

    private long files(ExportEstimator.OfType type) {
        return 1 + (type.bytes() - 1) / layout.fileSize();
    }

    /** Numbers may exceed FHIR's integer, which has 32 bits. */
    private static void sizes(ArrayNode parts, long rows, long bytes, long files) {
        parts.addObject().put("name", "count").put("valueDecimal", rows);
        parts.addObject().put("name", "bytes").put("valueDecimal", bytes);
        parts.addObject().put("name", "files").put("valueDecimal", files);
    }
}
