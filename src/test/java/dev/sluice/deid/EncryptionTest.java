package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The encrypted values are those of Microsoft's tests. */
class EncryptionTest {
    private static final byte[] KEY = "704ab12c8e3e46d4bea600ef62a6bec7".getBytes(UTF_8);

    @ParameterizedTest
    @CsvSource({
        "qpxGp6T9DP7wB0EYPQwOYVrScQ/pq3c0D+JQ+hjnfkY=, abc",
        "GI99peR2SpPfcqEgzr7/z7gxYym6qyVPPzvmGc8o8SSwqMpCsW0CRj3v6ZsxFCef, This is for test",
        "JxNRbbxL6pYYpbrtHWZ+1gPTPcIVrLWmrugPiUR9d6k=, !@)(*&%^!@#$%@",
        "nQTtB/efLGpEqzOh/Pt4ZRlqZynO7gjePdu7LbLxH2LoqYJXAq6SQWkFeQ1SiqRM, ͶΆΈΞξτϡϿῧῄᾴѶѾ",
        "zrFYnZ2cIwcfmjCVybP1ZC+LaD7gwGXBHR2bZjuutzA=, 测试",
    })
    void theFormatIsThatOfMicrosoft(String encrypted, String value) throws Exception {
        assertThat(decrypt(encrypted)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "This is for test", "!@)(*&%^!@#$%@", "ͶΆΈΞξτϡϿῧῄᾴѶѾ", "测试"})
    void whatIsEncryptedCanBeDecrypted(String value) throws Exception {
        assertThat(decrypt(new Encryption(KEY, false).encrypt(value))).isEqualTo(value);
        assertThat(decrypt(new Encryption(KEY, true).encrypt(value))).isEqualTo(value);
    }

    @Test
    void equalValuesHaveDifferentResults() {
        Encryption encryption = new Encryption(KEY, false);
        assertThat(encryption.encrypt("abc")).isNotEqualTo(encryption.encrypt("abc"));
    }

    @Test
    void equalValuesHaveEqualResultsIfAskedFor() {
        Encryption encryption = new Encryption(KEY, true);
        assertThat(encryption.encrypt("abc"))
                .isEqualTo("Njvz4sL61RsTihBmTWqJliLkMr6m7gM993yHID/Iy1M=")
                .isEqualTo(new Encryption(KEY.clone(), true).encrypt("abc"));
        assertThat(encryption.encrypt("abc").substring(0, 22))
                .isNotEqualTo(encryption.encrypt("abd").substring(0, 22));
    }

    @Test
    void anotherKeyHasAnotherResult() {
        assertThat(new Encryption(KEY, true).encrypt("abc"))
                .isNotEqualTo(new Encryption("0123456789abcdef".getBytes(UTF_8), true).encrypt("abc"));
    }

    @Test
    void anEmptyValueStays() {
        assertThat(new Encryption(KEY, false).encrypt("")).isEmpty();
    }

    private static String decrypt(String text) throws Exception {
        byte[] bytes = Base64.getDecoder().decode(text);
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(bytes, 0, 16));
        return new String(cipher.doFinal(bytes, 16, bytes.length - 16), UTF_8);
    }
}
