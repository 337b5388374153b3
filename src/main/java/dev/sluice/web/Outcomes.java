package dev.sluice.web;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Makes OperationOutcome responses. Their media type is fixed, so whatever {@code Accept} says, the body arrives. */
final class Outcomes {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType("application/fhir+json");

    private Outcomes() {}

    static ResponseEntity<byte[]> response(int status, HttpHeaders headers, List<FhirProblem.Issue> issues) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(FHIR_JSON)
                .body(FhirJson.MAPPER.writeValueAsBytes(FhirJson.operationOutcome(issues)));
    }

    static ResponseEntity<byte[]> response(int status, String diagnostics) {
        return response(status, HttpHeaders.EMPTY, List.of(FhirProblem.Issue.error(code(status), diagnostics)));
    }

    /** The issue type that says best what an HTTP status says. */
    static String code(int status) {
        return switch (status) {
            case 401 -> "login";
            case 403 -> "forbidden";
            case 404 -> "not-found";
            case 405, 406, 415, 501 -> "not-supported";
            case 409, 412 -> "conflict";
            case 410 -> "deleted";
            case 413 -> "too-long";
            case 429 -> "throttled";
            case 503 -> "transient";
            default -> status < 500 ? "invalid" : "exception";
        };
    }
}
