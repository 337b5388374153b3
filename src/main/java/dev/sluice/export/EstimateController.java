package dev.sluice.export;

import dev.sluice.export.DeidentifiedExports.RequestedRules;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.ExportEstimator;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.OperationOutcomes;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves {@code $export-estimate}: estimates how large an export would be. It takes the parameters of a kick-off, by GET or
 * POST, and answers at once with a {@code Parameters} resource, without starting a job. Of a de-identified export, it says
 * what the rules would do.
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping(
        path = "/fhir",
        method = {RequestMethod.GET, RequestMethod.POST})
class EstimateController {
    private final PermittedRequests requests;
    private final ExportEstimator estimates;
    private final DeidentifiedExports deidentified;
    private final EstimateParameters parameters;
    private final Clock clock;

    EstimateController(
            PermittedRequests requests,
            ExportEstimator estimates,
            DeidentifiedExports deidentified,
            EstimateParameters parameters,
            Clock clock) {
        this.requests = requests;
        this.estimates = estimates;
        this.deidentified = deidentified;
        this.parameters = parameters;
        this.clock = clock;
    }

    @RequestMapping("/$export-estimate")
    ResponseEntity<ObjectNode> system(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.Everything(), request, headers);
    }

    @RequestMapping("/Patient/$export-estimate")
    ResponseEntity<ObjectNode> patients(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.AllPatients(), request, headers);
    }

    @RequestMapping("/Group/{id}/$export-estimate")
    ResponseEntity<ObjectNode> group(
            @PathVariable String id, HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException {
        return estimate(new ExportScope.GroupMembers(new ResourceKey(ResourceType.GROUP, id).id()), request, headers);
    }

    private ResponseEntity<ObjectNode> estimate(ExportScope scope, HttpServletRequest request, HttpHeaders headers)
            throws IOException {
        ExportRequest export = requests.parse(
                scope, KickOffHeaders.ofSynchronous(headers), KickOffParameters.of(request), Caller.of(request));
        RequestedRules rules =
                deidentified.read(export, RequestMemory.of(request).claim());
        ExportEstimator.Estimate estimate = estimates.of(export, clock.instant());
        parameters.record(request, export);
        return ResponseEntity.ok()
                .contentType(OperationOutcomes.FHIR_JSON)
                .body(parameters.of(export, estimate, rules == null ? null : rules.rules()));
    }
}
