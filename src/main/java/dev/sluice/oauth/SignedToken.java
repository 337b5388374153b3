package dev.sluice.oauth;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.sluice.security.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An access token whose signature was verified, and the caller that it was for when it was used last. */
final class SignedToken {
    private final String key;
    private final JWTClaimsSet claims;
    private volatile @Nullable LastUse last;

    /**
     * The last use.
     *
     * @param client the client as it was registered
     * @param caller what followed from that
     */
    private record LastUse(RegisteredClient client, Caller caller) {}

    /** @param key the id of the key that has signed it */
    SignedToken(String key, JWTClaimsSet claims) {
        this.key = key;
        this.claims = claims;
    }

    String key() {
        return key;
    }

    JWTClaimsSet claims() {
        return claims;
    }

    /** The caller, if its client is registered like this. */
    Caller caller(RegisteredClient client, String base) {
        LastUse before = last;
        if (before != null
                && before.client().equals(client)
                && before.caller().issuer().equals(base)) {
            return before.caller();
        }
        List<String> scopes = RegisteredScopes.split(String.valueOf(claims.getClaim("scope")));
        Caller caller = client.caller(base, scopes);
        last = new LastUse(client, caller);
        return caller;
    }
}
