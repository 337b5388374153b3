package dev.sluice.oauth;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.PasswordBasedDecrypter;
import com.nimbusds.jose.crypto.PasswordBasedEncrypter;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes the private keys of access tokens for the database: encrypted if {@code sluice.security.token-key-secret} is set. */
@Component
@InSmartMode
class KeyCipher {
    private static final int SALT_BYTES = 16;

    /** The secret is long and random, so that guessing is hopeless anyway. */
    private static final int ITERATIONS = 10_000;

    private final @Nullable String secret;

    KeyCipher(OauthSettings settings) {
        this.secret = settings.tokenKeySecret();
    }

    String write(RSAKey key) {
        if (secret == null) {
            return key.toJSONString();
        }
        try {
            JWEObject encrypted = new JWEObject(
                    new JWEHeader(JWEAlgorithm.PBES2_HS512_A256KW, EncryptionMethod.A256GCM),
                    new Payload(key.toJSONString()));
            encrypted.encrypt(new PasswordBasedEncrypter(secret, SALT_BYTES, ITERATIONS));
            return encrypted.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("The key of access tokens cannot be encrypted", e);
        }
    }

    /**
     * Empty if the text is encrypted with another secret, or only one of the text and this process has one: a key that was
     * not encrypted may be known to others.
     */
    Optional<RSAKey> read(String text) {
        try {
            boolean encrypted = !text.startsWith("{");
            if (encrypted != (secret != null)) {
                return Optional.empty();
            }
            if (secret == null) {
                return Optional.of(RSAKey.parse(text));
            }
            JWEObject written = JWEObject.parse(text);
            written.decrypt(new PasswordBasedDecrypter(secret));
            return Optional.of(RSAKey.parse(written.getPayload().toString()));
        } catch (JOSEException | ParseException e) {
            return Optional.empty();
        }
    }
}
