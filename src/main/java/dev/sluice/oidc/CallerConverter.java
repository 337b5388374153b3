package dev.sluice.oidc;

import dev.sluice.security.Caller;
import dev.sluice.security.CallerAuthentication;
import dev.sluice.security.ClientDirectory;
import dev.sluice.security.ClientLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.convert.converter.Converter;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.transaction.TransactionException;

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
        if (claims.isIdToken() || claims.isBoundToKey()) {
            throw new InvalidBearerTokenException("The token is no bearer token for servers");
        }
        String client = claims.client().orElseThrow(() -> new InvalidBearerTokenException("The token names no client"));
        if (client.indexOf(' ') >= 0) { // it would be the owner of what belongs to a person of another program
            throw new InvalidBearerTokenException("The token has a space in the id of its client");
        }
        boolean program = claims.isOfProgram();
        String who = program ? client : client + " " + person(claims);
        if (who.chars().anyMatch(Character::isISOControl)) { // PostgreSQL does not take all of them
            throw new InvalidBearerTokenException(
                    "The token has a control character in the id of its client or person");
        }
        ClientLimits limits =
                limits(who).orElseThrow(() -> new InvalidBearerTokenException("The client or the person is disabled"));
        List<String> roles = new ArrayList<>(claims.values(settings.rolesClaim()));
        if (program) {
            roles.addAll(claims.values("scope"));
        }
        return new CallerAuthentication(new Caller(issuer, who, Roles.permissions(roles), limits));
    }

    private String person(TokenClaims claims) {
        if (!settings.allowUsers()) {
            throw new InvalidBearerTokenException("The token is of a person, not of a program");
        }
        return claims.subject().orElseThrow(() -> new InvalidBearerTokenException("The token names no person"));
    }

    private Optional<ClientLimits> limits(String client) {
        try {
            return clients.limits(client);
        } catch (DataAccessException | TransactionException e) {
            throw new AuthenticationServiceException("The access token cannot be checked", e);
        }
    }
}
