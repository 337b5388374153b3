package dev.sluice.oidc;

import dev.sluice.security.ClientDirectory;
import dev.sluice.security.OpenIdIssuers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.JwtIssuerAuthenticationManagerResolver;

/** Accepts the tokens of the configured providers. The server starts without them, and does not start without one. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "sluice.security.mode", havingValue = "oidc")
class OidcConfiguration {
    /** Whose tokens are accepted. */
    @Bean
    OpenIdIssuers issuersOfTokens(OidcSettings settings) {
        Set<String> named =
                settings.issuers().stream().map(OidcConfiguration::recorded).collect(Collectors.toUnmodifiableSet());
        return () -> named;
    }

    /** The issuer that owners are recorded with, whichever issuer of the provider their tokens have. */
    private static String recorded(String issuer) {
        return EntraTenant.issuers(issuer).iterator().next();
    }

    @Bean
    AuthenticationManagerResolver<HttpServletRequest> tokens(OidcSettings settings, ClientDirectory clients) {
        settings.requireProvider();
        Map<String, AuthenticationManager> providers = new HashMap<>();
        for (String named : settings.issuers()) {
            Set<String> issuers = EntraTenant.issuers(named);
            CallerConverter converter = new CallerConverter(recorded(named), settings, clients);
            for (String issuer : issuers) {
                providers.put(issuer, Provider.of(issuer, settings.audiences(), converter));
            }
        }
        return new JwtIssuerAuthenticationManagerResolver(issuer -> {
            AuthenticationManager provider = providers.get(issuer);
            if (provider == null) {
                throw new InvalidBearerTokenException("The issuer is none of sluice.security.oidc.issuers");
            }
            return provider;
        });
    }
}
