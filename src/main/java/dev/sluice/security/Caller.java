package dev.sluice.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Who sends a request.
 *
 * @param issuer who vouches for it: the issuer of its token; empty in open mode
 * @param client its id with the issuer; empty in open mode
 * @param permissions what it may do
 * @param limits what limits it beside that
 */
public record Caller(String issuer, String client, Permissions permissions, ClientLimits limits) {
    /** Every client in open mode. */
    static final Caller ANYONE = new Caller("", "", Permissions.ALL, ClientLimits.NONE);

    /** Who has no token where one is needed. */
    public static final Caller NOBODY = new Caller("", "", Permissions.NONE, ClientLimits.NONE);

    private static final String ATTRIBUTE = Caller.class.getName();

    /** The caller of a request; empty if it has not got that far. */
    public static Optional<Caller> find(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? Optional.of(caller) : Optional.empty();
    }

    /** The caller of a request. */
    public static Caller of(HttpServletRequest request) {
        return find(request)
                .orElseThrow(() -> new IllegalStateException("The request did not come through the filter"));
    }

    /** Makes it the caller of a request. */
    public void attachTo(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /** Whether it is somebody in particular, who has a token or a session. */
    public boolean isKnown() {
        return !issuer.isEmpty();
    }

    /** Whether it may see the jobs of other owners and how they stand. Their data is for their owners only. */
    public boolean seesAllJobs() {
        return permissions.allow(Operation.VIEW) || permissions.allow(Operation.ADMINISTER);
    }

    /** Whether it may pause, resume and delete the jobs of other owners. */
    public boolean changesAllJobs() {
        return permissions.allow(Operation.ADMINISTER);
    }

    /**
     * The owner of what this caller creates, as it is recorded with a job; empty in open mode. Two callers with the same
     * owner are the same client of the same issuer.
     */
    public String owner() {
        return issuer.isEmpty() ? "" : issuer + " " + client;
    }
}
