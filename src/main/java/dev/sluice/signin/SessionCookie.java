package dev.sluice.signin;

import dev.sluice.security.TransportPolicy;
import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.util.Set;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.stereotype.Component;

/**
 * Makes the cookie of sessions one that no script reads, no other site sends with a form, and no other host sets. Only a
 * sign-in makes a session.
 */
@Component
class SessionCookie implements ServletContextInitializer {
    private static final String NAME = "sluice";

    /** Has browsers accept the cookie by TLS, from this very host, and for all of its paths only. */
    private static final String HOST = "__Host-";

    private final boolean secure;
    private final SignInSettings settings;

    SessionCookie(TransportPolicy transport, SignInSettings settings) {
        this.secure = transport.requiresTls();
        this.settings = settings;
    }

    static String name(boolean secure) {
        return (secure ? HOST : "") + NAME;
    }

    @Override
    public void onStartup(ServletContext context) {
        configure(context.getSessionCookieConfig(), secure);
        context.setSessionTrackingModes(Set.of(SessionTrackingMode.COOKIE));
        context.setSessionTimeout(
                Math.toIntExact(Math.max(1, settings.session().lifetime().toMinutes())));
    }

    static void configure(SessionCookieConfig cookie, boolean secure) {
        cookie.setName(name(secure));
        cookie.setPath("/");
        cookie.setHttpOnly(true);
        cookie.setSecure(secure);
        cookie.setAttribute("SameSite", "Lax");
    }
}
