package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import dev.sluice.IntegrationTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@IntegrationTest
class KeyCipherTest {
    private static final RSAKey KEY = TokenClient.RSA.toRSAKey();

    @Test
    void onlyWhoHasTheSecretReadsTheKey() {
        String written = cipher("a".repeat(32)).write(KEY);

        assertThat(cipher("a".repeat(32)).read(written)).contains(KEY);
        assertThat(cipher("b".repeat(32)).read(written)).isEmpty();
        assertThat(cipher(null).read(written)).isEmpty();
    }

    /** Who has read a key that was not encrypted could go on to make tokens with it. */
    @Test
    void aSecretReplacesKeysThatAreNotEncrypted() {
        String written = cipher(null).write(KEY);

        assertThat(cipher(null).read(written)).contains(KEY);
        assertThat(cipher("a".repeat(32)).read(written)).isEmpty();
    }

    private static KeyCipher cipher(@Nullable String secret) {
        return new KeyCipher(new OauthSettings(null, false, secret));
    }
}
