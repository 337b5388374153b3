package dev.sluice.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Sends the headers that each answer has: no cache keeps data of patients, and no browser guesses the type of content. */
@Component
@Order(FilterOrder.RESPONSE_HEADERS)
class ResponseHeadersFilter extends OncePerRequestFilter {
    static final Map<String, String> HEADERS =
            Map.of(HttpHeaders.CACHE_CONTROL, "no-store", "X-Content-Type-Options", "nosniff");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HEADERS.forEach(response::setHeader);
        chain.doFilter(request, response);
    }
}
