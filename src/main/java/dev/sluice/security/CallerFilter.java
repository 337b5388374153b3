package dev.sluice.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives the caller that was authenticated to the request. */
class CallerFilter extends OncePerRequestFilter {
    private final Caller unauthenticated;

    /** @param unauthenticated the caller of a request without a token */
    CallerFilter(Caller unauthenticated) {
        this.unauthenticated = unauthenticated;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        caller(unauthenticated).attachTo(request);
        chain.doFilter(request, response);
    }

    static Caller caller(Caller unauthenticated) {
        return SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication known
                ? known.getPrincipal()
                : unauthenticated;
    }
}
