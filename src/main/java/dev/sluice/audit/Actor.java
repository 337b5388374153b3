package dev.sluice.audit;

import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who did something, and from where; null = not known.
 *
 * @param issuer who vouches for the client
 * @param client its id
 * @param address its address, as the trusted proxies say
 */
public record Actor(
        @Nullable String issuer,
        @Nullable String client,
        @Nullable String address) {
    private static final String ATTRIBUTE = Actor.class.getName();

    /** Who sends a request. */
    public static Actor of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Actor identified) {
            return identified;
        }
        return Caller.find(request)
                .filter(caller -> !caller.issuer().isEmpty())
                .map(caller -> new Actor(caller.issuer(), caller.client(), request.getRemoteAddr()))
                .orElseGet(() -> new Actor(null, null, request.getRemoteAddr()));
    }

    /** Says who sends a request that has no token yet. */
    public static void identify(HttpServletRequest request, String issuer, String client) {
        request.setAttribute(ATTRIBUTE, new Actor(issuer, client, request.getRemoteAddr()));
    }

    /** The owner of a job, as it is recorded. */
    public static Actor owner(String owner) {
        int space = owner.indexOf(' ');
        return space < 0
                ? new Actor(null, null, null)
                : new Actor(owner.substring(0, space), owner.substring(space + 1), null);
    }

    /** Who runs a command: the user of the machine. */
    public static Actor command() {
        return new Actor(
                "urn:sluice:command-line", System.getProperty("user.name", "").toLowerCase(Locale.ROOT), null);
    }

    boolean isKnown() {
        return client != null;
    }
}
