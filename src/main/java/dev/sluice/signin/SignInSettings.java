package dev.sluice.signin;

import dev.sluice.oidc.ProviderDocument;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the sign-in to the console.
 *
 * @param oidc the provider, and what its roles mean here
 * @param session how long a sign-in is valid
 */
@ConfigurationProperties("sluice.console")
record SignInSettings(@DefaultValue Oidc oidc, @DefaultValue Session session) {
    /**
     * The provider, and what its roles mean here.
     *
     * @param issuer the URL that its ID tokens have in {@code iss}; null = nobody can sign in
     * @param clientId the id of the console with the provider
     * @param clientSecret its secret; null = it has none
     * @param rolesClaim the claim of the ID token that has the roles; a dot leads into an object
     * @param viewers the roles of viewers
     * @param exporters the roles of exporters
     * @param administrators the roles of administrators
     */
    record Oidc(
            @Nullable String issuer,
            @Nullable String clientId,
            @Nullable String clientSecret,
            @DefaultValue("roles") String rolesClaim,
            @DefaultValue("sluice-viewer") List<String> viewers,
            @DefaultValue("sluice-exporter") List<String> exporters,
            @DefaultValue("sluice-administrator") List<String> administrators) {
        Oidc {
            if (issuer != null) {
                ProviderDocument.requireIssuer("sluice.console.oidc.issuer", issuer);
            }
            if ((issuer == null) != (clientId == null)) {
                throw new IllegalArgumentException("sluice.console.oidc.issuer and sluice.console.oidc.client-id belong"
                        + " together, but only one of them is set");
            }
            if (clientId != null && clientId.indexOf(' ') >= 0) { // it separates the console from the person in owners
                throw new IllegalArgumentException("sluice.console.oidc.client-id is '" + clientId
                        + "'; give the console an id without spaces at the provider");
            }
            viewers = List.copyOf(viewers);
            exporters = List.copyOf(exporters);
            administrators = List.copyOf(administrators);
        }

        /** The secret is not printed. */
        @Override
        public String toString() {
            return "Oidc[issuer=" + issuer + ", clientId=" + clientId + "]";
        }
    }

    /**
     * How long a sign-in is valid.
     *
     * @param idle it ends when the person has used no page for this time
     * @param lifetime it ends after this time in any case
     */
    record Session(
            @DefaultValue("30m") Duration idle,
            @DefaultValue("8h") Duration lifetime) {
        Session {
            require("sluice.console.session.idle", idle);
            require("sluice.console.session.lifetime", lifetime);
        }

        private static void require(String key, Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException(key + " is less than a second; write it with a unit, such as 30m");
            }
        }
    }
}
