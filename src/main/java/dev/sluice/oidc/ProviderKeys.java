package dev.sluice.oidc;

import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a provider, found by its discovery document when the first token comes. Safe for use by any number of
 * threads.
 */
final class ProviderKeys {
    private static final Duration CACHED = Duration.ofMinutes(5);

    private final String issuer;
    private final ProviderDocument document;
    private volatile @Nullable JWKSource<SecurityContext> keys;

    ProviderKeys(String issuer) {
        this.issuer = issuer;
        this.document = new ProviderDocument(issuer);
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
        try {
            known = source(url());
            keys = known;
            return known;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            throw new RemoteKeySourceException("The provider " + issuer + " cannot be asked for its keys", e);
        }
    }

    private URI url() throws IOException, ParseException {
        URI url = JSONObjectUtils.getURI(document.get(), "jwks_uri");
        if (url == null) {
            throw new IOException("The discovery document of " + issuer + " has no jwks_uri");
        }
        return url;
    }

    /** A token with an unknown key has the keys read again, but not more often than every 30 seconds. */
    private static JWKSource<SecurityContext> source(URI url) throws IOException {
        return JWKSourceBuilder.create(url.toURL(), ProviderDocument.HTTP)
                .cache(CACHED.toMillis(), 3L * ProviderDocument.TIMEOUT_MILLIS)
                .outageTolerant(true)
                .build();
    }
}
