package dev.sluice.oidc;

import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * The public keys of a provider, found by its discovery document when the first token comes. While the provider is away,
 * it is asked once in a while, and not for each token. Safe for use by any number of threads.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect Discovery</a>
 */
final class ProviderKeys {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration CACHED = Duration.ofMinutes(5);
    private static final DefaultResourceRetriever HTTP =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MAX_BYTES);

    private final String issuer;
    private volatile @Nullable JWKSource<SecurityContext> keys;
    private long failedAt;
    private @Nullable Exception fault;

    ProviderKeys(String issuer) {
        this.issuer = issuer;
    }

    /**
     * The keys.
     *
     * @throws RemoteKeySourceException if the provider cannot be asked, or is another one
     */
    JWKSource<SecurityContext> get() throws RemoteKeySourceException {
        JWKSource<SecurityContext> known = keys;
        return known == null ? discovered() : known;
    }

    private synchronized JWKSource<SecurityContext> discovered() throws RemoteKeySourceException {
        JWKSource<SecurityContext> known = keys;
        if (known != null) {
            return known;
        }
        Exception before = fault;
        if (before != null && System.nanoTime() - failedAt < PAUSE.toNanos()) {
            throw away(before);
        }
        try {
            known = source(discover());
            keys = known;
            return known;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            fault = e;
            failedAt = System.nanoTime();
            throw away(e);
        }
    }

    private URI discover() throws IOException, ParseException {
        URI document = URI.create(StringUtils.trimTrailingCharacter(issuer, '/') + "/.well-known/openid-configuration");
        Map<String, Object> provider =
                JSONObjectUtils.parse(HTTP.retrieveResource(document.toURL()).getContent());
        if (!issuer.equals(provider.get("issuer"))) {
            throw new IOException(document + " is of another issuer");
        }
        URI url = JSONObjectUtils.getURI(provider, "jwks_uri");
        if (url == null) {
            throw new IOException(document + " has no jwks_uri");
        }
        return url;
    }

    /** A token with an unknown key has the keys read again, but not more often than every 30 seconds. */
    private static JWKSource<SecurityContext> source(URI url) throws IOException {
        return JWKSourceBuilder.create(url.toURL(), HTTP)
                .cache(CACHED.toMillis(), 3L * TIMEOUT_MILLIS)
                .outageTolerant(true)
                .build();
    }

    private RemoteKeySourceException away(Exception cause) {
        return new RemoteKeySourceException("The provider " + issuer + " cannot be asked for its keys", cause);
    }
}
