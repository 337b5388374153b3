package dev.sluice.ingest;

import dev.sluice.json.MemoryBudget;
import dev.sluice.json.MemoryBudget.Claim;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Keeps the memory claim of a request until its response is sent, because the response is as large as the request. */
@Component
class MemoryBudgetFilter extends OncePerRequestFilter {
    private static final String ATTRIBUTE = MemoryBudgetFilter.class.getName();

    private final MemoryBudget bodies;

    MemoryBudgetFilter(MemoryBudget bodies) {
        this.bodies = bodies;
    }

    /** The claim of a request. */
    static Claim of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Claim claim) {
            return claim;
        }
        throw new IllegalStateException("The request did not come through the filter");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try (Claim claim = bodies.claim()) {
            request.setAttribute(ATTRIBUTE, claim);
            chain.doFilter(request, response);
        }
    }
}
