package dev.sluice.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;

/** How long sessions live, and what their cookie is like. */
class SessionFilterTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final OidcIdToken token = OidcIdToken.withTokenValue("t")
            .issuer("https://idp.example.org")
            .subject("u1")
            .expiresAt(Instant.ofEpochMilli(System.currentTimeMillis()).plusSeconds(5))
            .build();
    private final Person person = new Person(token, "https://idp.example.org", "console", ConsoleRole.EXPORTER);
    private Optional<ClientLimits> limits = Optional.of(ClientLimits.NONE);

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void aPersonIsTheCallerOfItsRequests() throws Exception {
        MockHttpServletRequest request = request("text/html");
        filter(LONG, LONG, request);

        Caller caller = Caller.of(request);
        assertThat(caller.owner()).isEqualTo("https://idp.example.org console u1");
        assertThat(caller.permissions()).isEqualTo(ConsoleRole.EXPORTER.permissions());
    }

    @Test
    void aSessionEndsThoughItIsUsed() {
        HttpSession session = request("text/html").getSession();
        await().until(() -> isEnded(LONG, SHORT, session, "text/html"));
    }

    @Test
    void aSessionThatOnlyItsPageUsesEnds() {
        HttpSession session = request("text/html").getSession();
        await().until(() -> isEnded(SHORT, LONG, session, "text/event-stream"));
    }

    @Test
    void usePostponesTheEndForLackOfUse() {
        HttpSession session = request("text/html").getSession();
        long begun = System.nanoTime();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(isEnded(SHORT, LONG, session, "text/html")).isFalse();
            return System.nanoTime() - begun > 2 * SHORT.toNanos();
        });
    }

    @Test
    void whoIsShutOutHasNoSession() throws Exception {
        limits = Optional.empty();
        assertThat(isEnded(LONG, LONG, request("text/html").getSession(), "text/html"))
                .isTrue();
        assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
    }

    @Test
    void theCookieOfASessionByTlsIsOfThisHostOnly() {
        var cookie = new MockServletContext().getSessionCookieConfig();
        SessionCookie.configure(cookie, true);
        assertThat(cookie.getName()).isEqualTo("__Host-sluice");
        assertThat(cookie.isSecure()).isTrue();
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(cookie.getPath()).isEqualTo("/");
        assertThat(cookie.getDomain()).isNull();
        assertThat(cookie.getAttribute("SameSite")).isEqualTo("Lax");
    }

    private boolean isEnded(Duration idle, Duration lifetime, HttpSession session, String accept)
            throws ServletException, IOException {
        MockHttpServletRequest request = request(accept);
        request.setSession(session);
        filter(idle, lifetime, request);
        return Caller.of(request).equals(Caller.NOBODY);
    }

    private void filter(Duration idle, Duration lifetime, MockHttpServletRequest request)
            throws ServletException, IOException {
        SecurityContextHolder.getContext()
                .setAuthentication(new OAuth2AuthenticationToken(person, List.of(), OpenIdProvider.ID));
        SignInSettings.Oidc oidc = new SignInSettings.Oidc(
                "https://idp.example.org", "console", null, "roles", List.of(), List.of(), List.of());
        SignInSettings settings = new SignInSettings(oidc, new SignInSettings.Session(idle, lifetime));
        new SessionFilter(settings, new People(settings, client -> limits), (asked, answer, handler, fault) -> null)
                .doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
    }

    private static MockHttpServletRequest request(String accept) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/console/jobs");
        request.addHeader("Accept", accept);
        request.getSession();
        return request;
    }
}
