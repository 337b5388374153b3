package dev.sluice.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Handles {@code _format} and {@code _pretty} in the URL for every JSON response. The application sees neither
 * parameter.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#parameters">general parameters</a>
 */
@Component
@Order(FilterOrder.FORMAT)
class FormatFilter extends OncePerRequestFilter {
    static final String FORMAT = "_format";
    static final String PRETTY = "_pretty";

    private static final String[] NONE = {};
    private static final Set<String> JSON = Set.of("json", "application/json", "application/fhir+json", "text/json");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return Collections.disjoint(request.getParameterMap().keySet(), Set.of(FORMAT, PRETTY));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        for (String format : request.getParameterMap().getOrDefault(FORMAT, NONE)) {
            if (!isJson(format)) {
                OperationOutcomes.write(
                        response,
                        406,
                        "The _format '" + format
                                + "' is not supported; leave it out, or use json or application/fhir+json."
                                + " The format of an export's files is its _outputFormat.");
                return;
            }
        }
        String[] pretty = request.getParameterMap().getOrDefault(PRETTY, NONE);
        if (!Set.of("true", "false").containsAll(Arrays.asList(pretty))) {
            OperationOutcomes.write(
                    response, 400, "The _pretty '" + String.join(",", pretty) + "' is neither true nor false.");
            return;
        }
        HttpServletRequest plain = new FormattedRequest(request);
        if (Arrays.asList(pretty).contains("true")) {
            PrettyResponse indented = new PrettyResponse(response);
            chain.doFilter(plain, indented);
            indented.finish();
        } else {
            chain.doFilter(plain, response);
        }
    }

    /** Whether a format is JSON; a plus sign that was not percent-encoded arrives as a space. */
    private static boolean isJson(String format) {
        String type = format.split(";", 2)[0].strip().replace(' ', '+');
        return JSON.contains(type.toLowerCase(Locale.ROOT));
    }
}
