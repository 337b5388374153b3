package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.sluice.IntegrationTest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be registered is refused with a sentence. */
@IntegrationTest
class ClientRegistrationTest {
    private static final String KEYS = TokenClient.jwks(TokenClient.RSA);

    @Test
    void aRegistrationHasKeysInOneWay() {
        assertThat(check("lake", null, KEYS, 2).jwks()).isNotNull();
        assertThat(check("lake", "https://lake.example.org/jwks.json", null, null)
                        .jwksUrl())
                .isNotNull();
        refused("either its jwks-url, or its keys", "lake", null, null, 1);
        refused("either its jwks-url, or its keys", "lake", "https://lake.example.org/jwks.json", KEYS, 1);
        refused("max-open-jobs is 0", "lake", null, KEYS, 0);
        refused("is no client id", "la ke", null, KEYS, 1);
        refused("is no client id", "", null, KEYS, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://lake.example.org/jwks.json",
                "ftp://lake.example.org/jwks.json",
                "file:///etc/passwd",
                "https:/jwks.json",
                "https://user:secret@lake.example.org/jwks.json",
                "https://lake.example.org/jwks.json#1",
                "http://localhost.example.org/jwks.json",
                "jwks.json",
                "https://lake example.org",
            })
    void otherUrlsAreRefused(String url) {
        refused("it must be a URL such as https://", "lake", url, null, 1);
    }

    @Test
    void keysThatProveNothingAreRefused() throws JOSEException {
        refused("is no JWKS", "lake", null, "{}", 1);
        refused("is no JWKS", "lake", null, "not json", 1);
        refused("has no key for RS384", "lake", null, "{\"keys\":[]}", 1);
        refused("has a private key", "lake", null, new JWKSet(TokenClient.RSA).toString(false), 1);
        refused(
                "has no key for RS384",
                "lake",
                null,
                TokenClient.jwks(new ECKeyGenerator(Curve.P_256).keyID("p256").generate()),
                1);
        refused("has a private key", "lake", null, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"1\"}]}", 1);
        refused(
                "has no key for RS384",
                "lake",
                null,
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"e\":\"AQAB\",\"n\":\"" + "u".repeat(170) + "\"}]}",
                1);
    }

    private static RegisteredClient check(
            String id, @Nullable String url, @Nullable String keys, @Nullable Integer jobs) {
        return new ClientRegistration(id, List.of("system/*.rs"), url, keys, null, null, jobs, null)
                .checked("sluice.security.clients.lake", false);
    }

    private static void refused(
            String sentence, String id, @Nullable String url, @Nullable String keys, @Nullable Integer jobs) {
        assertThatThrownBy(() -> check(id, url, keys, jobs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }
}
