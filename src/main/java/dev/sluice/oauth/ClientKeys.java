package dev.sluice.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import dev.sluice.security.TransportPolicy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds the key of a client that an assertion is signed with. */
@Component
@InSmartMode
class ClientKeys {
    private static final int MOST_SETS = 1000;

    private final JwksFetcher fetcher;
    private final Clock clock;
    private final Cache<String, PublishedKeys> published = Caffeine.newBuilder()
            .maximumSize(MOST_SETS)
            .expireAfterAccess(Duration.ofDays(1))
            .build();

    ClientKeys(OauthSettings settings, TransportPolicy transport, Clock clock) {
        this.fetcher = new JwksFetcher(settings.allowPrivateJwks(), !transport.requiresTls());
        this.clock = clock;
    }

    /** The key that the header names; empty if it is not a key of the client, or its keys cannot be fetched. */
    Optional<JWK> find(RegisteredClient client, JWSHeader header) {
        URI url = client.jwksUrl();
        if (header.getJWKURL() != null && !header.getJWKURL().equals(url)) {
            return Optional.empty();
        }
        if (url == null) {
            return Optional.ofNullable(client.jwks()).flatMap(keys -> KeySets.find(keys, header));
        }
        return published
                .get(client.id() + " " + url, key -> new PublishedKeys(client.id(), url, fetcher, clock))
                .find(header);
    }
}
