package dev.sluice.web;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Creates OperationOutcome responses. Their media type is fixed, so whatever {@code Accept} says, the body arrives. */
public final class OperationOutcomes {
    /** The media type of resources. */
    public static final MediaType FHIR_JSON = MediaType.parseMediaType("application/fhir+json");

    private OperationOutcomes() {}

    static ResponseEntity<byte[]> response(int status, HttpHeaders headers, List<FhirException.Issue> issues) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(FHIR_JSON)
                .body(body(issues));
    }

    static ResponseEntity<byte[]> response(int status, String diagnostics) {
        return response(status, HttpHeaders.EMPTY, diagnostics);
    }

    static ResponseEntity<byte[]> response(int status, HttpHeaders headers, String diagnostics) {
        return response(status, headers, List.of(FhirException.Issue.error(code(status), diagnostics)));
    }

    /** Answers with a status of 400 or above, where no controller is. */
    static void write(HttpServletResponse response, int status, String diagnostics) throws IOException {
        response.setStatus(status);
        response.setContentType(FHIR_JSON.toString());
        byte[] body = body(List.of(FhirException.Issue.error(code(status), diagnostics)));
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }

    private static byte[] body(List<FhirException.Issue> issues) {
        return FhirJson.MAPPER.writeValueAsBytes(FhirJson.operationOutcome(issues));
    }

    /** The issue type that says best what an HTTP status says. */
    private static String code(int status) {
        return switch (status) {
            case 401 -> "login";
            case 403 -> "forbidden";
            case 404 -> "not-found";
            case 405, 406, 415, 416, 417, 501, 505 -> "not-supported";
            case 409, 412 -> "conflict";
            case 410 -> "deleted";
            case 413, 414, 431 -> "too-long";
            case 429 -> "throttled";
            case 408 -> "timeout";
            case 503 -> "transient";
            default -> status < 500 ? "invalid" : "exception";
        };
    }
}
