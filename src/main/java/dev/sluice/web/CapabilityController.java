package dev.sluice.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the CapabilityStatement. */
@RestController
class CapabilityController {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType("application/fhir+json");

    /** More public names than this one server will not have; beyond it, the statement is written each time. */
    private static final int KEPT = 8;

    private final CapabilityStatementBuilder capabilities;
    private final BaseUrl base;
    private final Map<String, String> statements = new ConcurrentHashMap<>();

    CapabilityController(CapabilityStatementBuilder capabilities, BaseUrl base) {
        this.capabilities = capabilities;
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
}
