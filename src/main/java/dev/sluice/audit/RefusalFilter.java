package dev.sluice.audit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** Records refused requests, whoever refused them. It is before the filters that do. */
@Component
@Order(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 1)
class RefusalFilter extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger(RefusalFilter.class);
    /** The statuses of refusals. */
    static final Set<Integer> REFUSED = Set.of(401, 403);

    private static final Set<Integer> NO_TOKEN = Set.of(400, 401, 413, 429);
    private static final int FIRST_REFUSAL = 400;
    private static final String SIGN_IN = "/console/signin/callback";
    private static final String TOKEN_ENDPOINT = "/oauth/token";

    private final Audit audit;
    private final Refusals refusals;

    /** Both are lazy: filters are made while the web server starts, and a database that is refused must not end that. */
    RefusalFilter(@Lazy Audit audit, @Lazy Refusals refusals) {
        this.audit = audit;
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        if (audit.isEnabled()) {
            if (request.getRequestURI().endsWith(TOKEN_ENDPOINT) && NO_TOKEN.contains(response.getStatus())) {
                record(Activity.TOKEN_REFUSED, request, response.getStatus());
            } else if (request.getRequestURI().endsWith(SIGN_IN) && response.getStatus() >= FIRST_REFUSAL) {
                record(Activity.SIGN_IN_REFUSED, request, response.getStatus());
            } else {
                refused(request, response.getStatus())
                        .forEach(status -> record(Activity.REQUEST_REFUSED, request, status));
            }
        }
    }

    /** The refusals of a request. A page whose call of the API was refused often has the status of that itself. */
    private static List<Integer> refused(HttpServletRequest request, int status) {
        List<Integer> calls = RefusedCalls.statuses(request);
        return calls.isEmpty() && REFUSED.contains(status) ? List.of(status) : calls;
    }

    /** The answer has no data, and is on its way: a failure changes nothing in it. */
    private void record(Activity activity, HttpServletRequest request, int status) {
        Actor actor = Actor.of(request);
        if (!actor.isKnown()) {
            refusals.add(activity, request.getRemoteAddr());
            return;
        }
        try {
            Act act = Act.of(activity, kind(request)).outcome(Act.Outcome.REFUSED);
            audit.record(actor, act.with("status " + status));
        } catch (RuntimeException e) {
            log.error("The refusal of a request of the client {} cannot be recorded", actor.client(), e);
        }
    }

    /** The method and the pattern of the path: paths and queries have values. */
    private static String kind(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return request.getMethod() + (pattern == null ? "" : " " + pattern);
    }
}
