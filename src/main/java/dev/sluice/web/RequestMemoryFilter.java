package dev.sluice.web;

import dev.sluice.files.HomeFolder;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.Spool;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Keeps what a request holds of memory and temporary files until its response is sent. */
@Component
class RequestMemoryFilter extends OncePerRequestFilter {
    private final MemoryBudget budget;
    private final Path folder;

    RequestMemoryFilter(MemoryBudget budget, HomeFolder home) {
        this.budget = budget;
        this.folder = home.temporaryFiles();
        Spool.check(folder);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try (RequestMemory memory = new RequestMemory(budget, folder)) {
            request.setAttribute(RequestMemory.ATTRIBUTE, memory);
            chain.doFilter(request, response);
        }
    }
}
