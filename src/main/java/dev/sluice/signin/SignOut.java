package dev.sluice.signin;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.stereotype.Component;

/** Ends sessions. */
@Component
public class SignOut {
    private static final Logger log = LoggerFactory.getLogger(SignOut.class);

    private final Audit audit;
    private final Optional<AtProvider> provider;

    SignOut(Audit audit, SignIn signIn) {
        this.audit = audit;
        this.provider = signIn.provider().map(AtProvider::new);
    }

    /** Ends the session of a request, and returns the page of the provider that ends the one there, if it has one. */
    public Optional<String> end(HttpServletRequest request, HttpServletResponse response) {
        Authentication known = SecurityContextHolder.getContext().getAuthentication();
        if (known == null || !(known.getPrincipal() instanceof Person person)) {
            return Optional.empty();
        }
        Optional<String> page = page(request, response, known);
        new SecurityContextLogoutHandler().logout(request, response, known);
        try {
            audit.record(person.actor(request.getRemoteAddr()), Act.of(Activity.SIGNED_OUT, null));
        } catch (RuntimeException e) { // whoever wants to be signed out is
            log.error("The sign-out of {} cannot be recorded", person.client(), e);
        }
        return page;
    }

    private Optional<String> page(HttpServletRequest request, HttpServletResponse response, Authentication known) {
        try {
            return provider.map(there -> there.determineTargetUrl(request, response, known))
                    .filter(url -> !url.startsWith("/"));
        } catch (AuthenticationException e) {
            return Optional.empty(); // the provider does not answer
        }
    }

    /** @see <a href="https://openid.net/specs/openid-connect-rpinitiated-1_0.html">RP-Initiated Logout</a> */
    private static final class AtProvider extends OidcClientInitiatedLogoutSuccessHandler {
        AtProvider(OpenIdProvider provider) {
            super(provider);
            setPostLogoutRedirectUri("{baseUrl}" + SignInPaths.PAGE);
        }

        @Override
        protected String determineTargetUrl(
                HttpServletRequest request, HttpServletResponse response, @Nullable Authentication known) {
            return super.determineTargetUrl(request, response, known);
        }
    }
}
