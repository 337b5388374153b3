package dev.sluice.oidc;

import dev.sluice.security.Caller;
import dev.sluice.security.CallerAuthentication;
import dev.sluice.security.ClientDirectory;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/**
 * Turns a valid token of a provider into its caller.
 *
 * <p>The roles of a program and its scopes count. Of a person only the roles count: a scope says what the person's program
 * may do, and not what the person may.
 */
final class CallerConverter implements Converter<Jwt, CallerAuthentication> {
    private final String issuer;
    private final OidcSettings settings;
    private final ClientDirectory clients;

    /** @param issuer names the provider for owners of jobs, whichever of its issuers a token has */
    CallerConverter(String issuer, OidcSettings settings, ClientDirectory clients) {
        this.issuer = issuer;
        this.settings = settings;
        this.clients = clients;
    }

    @Override
    public CallerAuthentication convert(Jwt token) {
        TokenClaims claims = new TokenClaims(token);
        String client = claims.client().orElseThrow(() -> new InvalidBearerTokenException("The token names no client"));
        boolean program = claims.isOfProgram();
        if (!program && !settings.allowUsers()) {
            throw new InvalidBearerTokenException("The token is of a person, not of a program");
        }
        if (clients.isDisabled(client)) {
            throw new InvalidBearerTokenException("The client is disabled");
        }
        List<String> roles = new ArrayList<>(claims.values(settings.rolesClaim()));
        if (program) {
            roles.addAll(claims.values("scope"));
        }
        String who = program ? client : client + " " + token.getSubject();
        return new CallerAuthentication(new Caller(issuer, who, Roles.permissions(roles), clients.limits(client)));
    }
}
