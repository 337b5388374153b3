package dev.sluice.web;

import dev.sluice.fhir.FhirJson;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Serves the root path: it tells clients the FHIR base of the server. */
@RestController
class RootController {
    private final BaseUrl base;

    RootController(BaseUrl base) {
        this.base = base;
    }

    @GetMapping("/")
    ResponseEntity<ObjectNode> root(HttpServletRequest request) {
        String url = base.of(request);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(FhirJson.MAPPER
                        .createObjectNode()
                        .put("name", "Sluice, a FHIR Bulk Data server")
                        .put("fhirBase", url)
                        .put("capabilityStatement", url + "/metadata")
                        .put("export", url + "/$export"));
    }
}
