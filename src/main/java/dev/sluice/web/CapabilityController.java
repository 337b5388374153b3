package dev.sluice.web;

import dev.sluice.fhir.FhirProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells clients what this server does. */
@RestController
class CapabilityController {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType("application/fhir+json");

    /** More public names than this one server will not have; beyond it, the statement is written each time. */
    private static final int KEPT = 8;

    private final Capabilities capabilities;
    private final OperationDefinitions operations;
    private final BaseUrl base;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    CapabilityController(Capabilities capabilities, OperationDefinitions operations, BaseUrl base) {
        this.capabilities = capabilities;
        this.operations = operations;
        this.base = base;
    }

    @GetMapping("/fhir/metadata")
    ResponseEntity<String> metadata(HttpServletRequest request) {
        String url = base.of(request);
        String statement = statements.size() < KEPT
                ? statements.computeIfAbsent(url, capabilities::json)
                : statements.getOrDefault(url, capabilities.json(url));
        return ResponseEntity.ok().contentType(FHIR_JSON).body(statement);
    }

    @GetMapping("/fhir/OperationDefinition/{id:export|patient-export|group-export}")
    ResponseEntity<String> operation(@PathVariable String id, HttpServletRequest request) {
        return operations
                .json(id, base.of(request))
                .map(json -> ResponseEntity.ok().contentType(FHIR_JSON).body(json))
                .orElseThrow(() -> FhirProblem.notFound("There is no operation '" + id + "'."));
    }
}
