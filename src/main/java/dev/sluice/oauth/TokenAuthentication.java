package dev.sluice.oauth;

import dev.sluice.security.Caller;
import dev.sluice.security.CallerAuthentication;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Authenticates callers by the access tokens of this server. */
@Component
@InSmartMode
class TokenAuthentication implements AuthenticationManagerResolver<HttpServletRequest> {
    private final AccessTokens tokens;
    private final BaseUrl base;

    TokenAuthentication(AccessTokens tokens, BaseUrl base) {
        this.tokens = tokens;
        this.base = base;
    }

    @Override
    public AuthenticationManager resolve(HttpServletRequest request) {
        String audience = base.of(request);
        return sent -> authenticate(((BearerTokenAuthenticationToken) sent).getToken(), audience);
    }

    private Authentication authenticate(String token, String audience) {
        try {
            Caller caller = tokens.verify(token, audience)
                    .orElseThrow(() -> new InvalidBearerTokenException("The access token is not valid"));
            return new CallerAuthentication(caller);
        } catch (DataAccessException | TransactionException e) {
            throw new AuthenticationServiceException("The access token cannot be checked", e);
        }
    }
}
