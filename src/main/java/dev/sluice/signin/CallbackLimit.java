package dev.sluice.signin;

import dev.sluice.security.FailureLimit;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the sign-ins of an address that fail: each answer of the provider that a browser brings has this server send a
 * request to the provider. An IPv6 network (/64) counts as one address.
 */
final class CallbackLimit extends OncePerRequestFilter {
    /** Of one address within a minute; behind it there may be many people. */
    static final int FAILURES = 60;

    private static final String RETRY_AFTER_SECONDS = "60";
    private static final int FIRST_FAILURE = 400;

    private final FailureLimit limit = new FailureLimit(FAILURES);

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().equals(SignInPaths.CALLBACK);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!limit.tryTake(request.getRemoteAddr())) {
            response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            SignInHandlers.show(SignInProblem.TOO_MANY, request, response);
            return;
        }
        chain.doFilter(request, response);
        if (response.getStatus() < FIRST_FAILURE) {
            limit.giveBack(request.getRemoteAddr());
        }
    }
}
