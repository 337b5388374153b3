package dev.sluice.audit;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls of the HTTP API that a page has made for its caller, and that were refused. The page can have another status, so
 * the audit log takes them from here. They are noted by the thread of the request.
 */
public final class RefusedCalls {
    private static final String ATTRIBUTE = RefusedCalls.class.getName();

    private final List<Integer> statuses = new ArrayList<>();

    private RefusedCalls() {}

    /**
     * Notes the status of a call; one that is no refusal is of no interest.
     *
     * @param request for the page
     */
    public static void note(HttpServletRequest request, int status) {
        if (RefusalFilter.REFUSED.contains(status)) {
            of(request).statuses.add(status);
        }
    }

    /** The statuses of the refused calls of a request, in their order; empty for a request that is no page. */
    static List<Integer> statuses(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof RefusedCalls known ? List.copyOf(known.statuses) : List.of();
    }

    private static RefusedCalls of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RefusedCalls known) {
            return known;
        }
        RefusedCalls calls = new RefusedCalls();
        request.setAttribute(ATTRIBUTE, calls);
        return calls;
    }
}
