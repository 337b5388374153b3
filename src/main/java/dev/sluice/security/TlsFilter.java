package dev.sluice.security;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Refuses requests that came without TLS, also through a proxy. Probes of the process may. */
public final class TlsFilter extends OncePerRequestFilter {
    private final TransportPolicy transport;
    private final RequestMatcher probes;
    private final HandlerExceptionResolver errors;

    /** @param probes what may come without TLS */
    public TlsFilter(TransportPolicy transport, RequestMatcher probes, HandlerExceptionResolver errors) {
        this.transport = transport;
        this.probes = probes;
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (transport.requiresTls() && !request.isSecure() && !probes.matches(request)) {
            errors.resolveException(
                    request,
                    response,
                    null,
                    FhirException.of(
                            403,
                            "security",
                            "This server is used by https only. If the request had an access token, others may have read"
                                    + " it; do not use that token again."));
            return;
        }
        chain.doFilter(request, response);
    }
}
