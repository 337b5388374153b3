package dev.sluice.web;

import dev.sluice.security.Access;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Writes the responses for errors outside the controllers, such as in a filter. */
@RestController
@Access(Access.Rule.PUBLIC)
class FhirErrorController implements ErrorController {
    @RequestMapping("${server.error.path:${error.path:/error}}")
    @Nullable
    ResponseEntity<?> error(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            return null; // it would stand in the middle of what was being sent, and be taken for a part of it
        }
        ResponseHeadersFilter.HEADERS.forEach(response::setHeader); // Tomcat refuses some requests before all filters
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int status = code instanceof Integer number ? number : 404;
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        HttpStatus reason = HttpStatus.resolve(status);
        String answered = "The request to " + (path == null ? request.getRequestURI() : path) + " was answered with "
                + status + (reason == null ? "" : " " + reason.getReasonPhrase()) + ".";
        return OperationOutcomes.response(status, answered + unreadable(status, request));
    }

    /** What Tomcat found while the application read the body. */
    private static String unreadable(int status, HttpServletRequest request) {
        return status == 400 && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IOException fault
                ? " Its body ends early, or is not valid HTTP: " + fault.getMessage() + "."
                : "";
    }
}
