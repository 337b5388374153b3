package dev.sluice.oidc;

import dev.sluice.security.ClientDirectory;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
    @Bean
    AuthenticationManagerResolver<HttpServletRequest> tokens(OidcSettings settings, ClientDirectory clients) {
        settings.requireProvider();
        Map<String, AuthenticationManager> providers = new HashMap<>();
        for (String named : settings.issuers()) {
            Set<String> issuers = EntraTenant.issuers(named);
            CallerConverter converter = new CallerConverter(issuers.iterator().next(), settings, clients);
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
