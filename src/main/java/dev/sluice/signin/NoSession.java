package dev.sluice.signin;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.UriUtils;

/** Leads a person without a session to the page of the sign-in, and refuses everything else that has none. */
final class NoSession implements AuthenticationEntryPoint {
    private static final String OF_HTMX = "HX-Request";
    private static final String LEAD_HTMX = "HX-Redirect";

    private final HandlerExceptionResolver errors;

    NoSession(HandlerExceptionResolver errors) {
        this.errors = errors;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException fault)
            throws IOException {
        String page = request.getContextPath() + SignInPaths.PAGE;
        if (isPage(request)) {
            String next = NextPage.requested(request)
                    .filter(path -> !path.equals(SignInPaths.CONSOLE))
                    .map(path -> "?" + SignInPaths.NEXT + "=" + UriUtils.encode(path, StandardCharsets.UTF_8))
                    .orElse("");
            response.sendRedirect(page + next);
            return;
        }
        if (request.getHeader(OF_HTMX) != null) {
            response.setHeader(LEAD_HTMX, page);
        }
        errors.resolveException(
                request,
                response,
                null,
                FhirException.of(
                        401, "login", "Nobody is signed in, or the session has ended. Sign in at " + page + "."));
    }

    private static boolean isPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("GET")
                && request.getHeader(OF_HTMX) == null
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE);
    }
}
