package dev.sluice.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a request whose path, query or media type cannot be read as the client means it. A body must have a media type:
 * a web page may send one without it to any server, and no client needs to.
 */
@Component
@Order(FilterOrder.REQUEST_TARGET)
class RequestTargetFilter extends OncePerRequestFilter {
    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String fault;
        int status = 400;
        String type = request.getContentType();
        if (type == null && hasBody(request)) {
            OperationOutcomes.write(
                    response,
                    415,
                    "The header Content-Type is missing; it says what the body is, such as application/fhir+json.");
            return;
        }
        if (type != null && isWildcard(type)) {
            OperationOutcomes.write(
                    response,
                    415,
                    "The Content-Type header has the value '" + type + "', which names no media type; write the type of"
                            + " the body, such as application/fhir+json, or leave the header out.");
            return;
        }
        try {
            fault = fault(request);
        } catch (InvalidParameterException e) {
            status = e.getErrorCode();
            fault = "The query of the URL cannot be read: " + e.getMessage()
                    + " Write it as name=value&name=value, percent-encoded, in UTF-8.";
        }
        if (fault == null) {
            chain.doFilter(request, response);
        } else {
            OperationOutcomes.write(response, status, fault);
        }
    }

    /** A proxy that translates HTTP/2 may announce a chunked body that is empty. */
    private static boolean hasBody(HttpServletRequest request) throws IOException {
        return request.getContentLengthLong() > 0
                || (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
                        && request.getInputStream().read() >= 0);
    }

    /** Spring fails on it where it looks for nothing in the header. */
    private static boolean isWildcard(String type) {
        try {
            MediaType media = MediaType.parseMediaType(type);
            return media.isWildcardType() || media.isWildcardSubtype();
        } catch (InvalidMediaTypeException e) {
            return false; // who reads the body says what is wrong
        }
    }

    private static @Nullable String fault(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (path.indexOf(';') >= 0) {
            // Tomcat would drop these parameters, and the export would be larger than requested.
            return "The path " + path
                    + " has parameters after a ';', which have no meaning here; write them in the query,"
                    + " after a '?', or encode the ';' as %3B.";
        }
        for (Map.Entry<String, String[]> parameter : request.getParameterMap().entrySet()) {
            if (Stream.concat(Stream.of(parameter.getKey()), Stream.of(parameter.getValue()))
                    .anyMatch(text -> text.indexOf('\0') >= 0)) {
                return "The parameter '" + parameter.getKey()
                        + "' holds the character NUL (%00), which no FHIR text can hold.";
            }
        }
        return null;
    }
}
