package dev.sluice.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** Answers for what fails before or behind the controllers, such as in a filter: below {@code /fhir} as elsewhere there. */
@RestController
class ErrorFallback implements ErrorController {
    private final ErrorAttributes attributes;

    ErrorFallback(ErrorAttributes attributes) {
        this.attributes = attributes;
    }

    @RequestMapping("${server.error.path:${error.path:/error}}")
    @Nullable
    ResponseEntity<?> error(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            return null; // it would stand in the middle of what was being sent, and be taken for a part of it
        }
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int status = code instanceof Integer number ? number : 404;
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        if (path instanceof String failed && ProblemAdvice.isFhir(failed, request)) {
            HttpStatus reason = HttpStatus.resolve(status);
            return Outcomes.response(
                    status,
                    "The request to " + failed + " was answered with " + status
                            + (reason == null ? "" : " " + reason.getReasonPhrase()) + ".");
        }
        return ResponseEntity.status(status)
                .body(attributes.getErrorAttributes(new ServletWebRequest(request), ErrorAttributeOptions.defaults()));
    }
}
