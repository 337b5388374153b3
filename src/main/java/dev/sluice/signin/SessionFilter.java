package dev.sluice.signin;

import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Makes the person of a session the caller of its requests, and ends a session that is too old, was not used for long, or
 * whose person is shut out. Requests that a page sends by itself do not count as use.
 */
final class SessionFilter extends OncePerRequestFilter {
    private static final String USED = SessionFilter.class.getName();

    private final SignInSettings.Session settings;
    private final People people;
    private final HandlerExceptionResolver errors;

    SessionFilter(SignInSettings settings, People people, HandlerExceptionResolver errors) {
        this.settings = settings.session();
        this.people = people;
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Authentication known = SecurityContextHolder.getContext().getAuthentication();
        HttpSession session = request.getSession(false);
        Caller.NOBODY.attachTo(request);
        if (session != null && known != null && known.getPrincipal() instanceof Person person) {
            try {
                Optional<Caller> caller = caller(person, session, request);
                if (caller.isEmpty()) {
                    session.invalidate();
                    SecurityContextHolder.clearContext();
                } else {
                    caller.get().attachTo(request);
                }
            } catch (DataAccessException | TransactionException e) {
                errors.resolveException(request, response, null, e);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private Optional<Caller> caller(Person person, HttpSession session, HttpServletRequest request) {
        long now = System.nanoTime();
        long used = session.getAttribute(USED) instanceof Long time ? time : person.since();
        if (now - person.since() > settings.lifetime().toNanos()
                || now - used > settings.idle().toNanos()) {
            return Optional.empty();
        }
        Optional<ClientLimits> limits = people.limits(person);
        if (!isOfPage(request)) {
            session.setAttribute(USED, now);
        }
        return limits.map(person::caller);
    }

    /** Whether an open page sends it without the person: the stream of its events, and what it loads for one of them. */
    private static boolean isOfPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("GET")
                && (request.getHeader("HX-Request") != null
                        || (accept != null && accept.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)));
    }
}
