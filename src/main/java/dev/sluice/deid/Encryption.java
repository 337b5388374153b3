package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The method {@code encrypt}: AES-CBC with PKCS7 padding; the result is Base64 of the initialisation vector and the
 * encrypted value. Immutable.
 */
final class Encryption {
    private static final int IV_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;
    private final @Nullable Hmac vectors;

    /**
     * @param key 16, 24 or 32 bytes
     * @param deterministic whether equal values have equal results, in all processes with this key. Then the result tells
     *     which values are equal; otherwise each vector is random.
     */
    Encryption(byte[] key, boolean deterministic) {
        this.key = new SecretKeySpec(key, "AES");
        this.vectors = deterministic ? new Hmac(new Hmac(key).of("initialisation vectors")) : null;
    }

    /** The encrypted value. An empty value stays. */
    String encrypt(String value) {
        if (value.isEmpty()) {
            return value;
        }
        byte[] vector = vector(value);
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(vector));
            byte[] encrypted = cipher.doFinal(value.getBytes(UTF_8));
            byte[] result = Arrays.copyOf(vector, IV_BYTES + encrypted.length);
            System.arraycopy(encrypted, 0, result, IV_BYTES, encrypted.length);
            return Base64.getEncoder().encodeToString(result);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The Java runtime cannot encrypt by AES-CBC", e);
        }
    }

    private byte[] vector(String value) {
        if (vectors != null) {
            return Arrays.copyOf(vectors.of(value), IV_BYTES);
        }
        byte[] vector = new byte[IV_BYTES];
        RANDOM.nextBytes(vector);
        return vector;
    }
}
