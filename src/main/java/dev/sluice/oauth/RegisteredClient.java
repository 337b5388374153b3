package dev.sluice.oauth;

import com.nimbusds.jose.jwk.JWKSet;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that may get tokens.
 *
 * @param id its client id
 * @param scopes what it may ask for
 * @param limits what limits it beside its scopes
 * @param jwksUrl where it publishes its keys; null = they are registered
 * @param jwks its registered keys; null = it publishes them
 */
record RegisteredClient(
        String id,
        RegisteredScopes scopes,
        ClientLimits limits,
        @Nullable URI jwksUrl,
        @Nullable JWKSet jwks) {
    /** The caller that a token of this client stands for. */
    Caller caller(String issuer, List<String> requested) {
        return new Caller(issuer, id, scopes.permissions(requested), limits);
    }
}
