package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeidKeysTest {
    /** The values were computed by another implementation of HKDF. */
    @Test
    void derivedKeysAreThoseOfFhirPseudonymizer() {
        DeidKeys keys = DeidKeys.derived("master-key", "project-a");

        assertThat(keys.cryptoHash())
                .asString()
                .isEqualTo("7262ca2966d8179abb1e20e7189c9db84b3e27cb7a2ddad78f2714cbce8168f7");
        assertThat(HexFormat.of().formatHex(keys.encrypt()))
                .isEqualTo("6db42d7d412175c10519f2c931fb74a9e8e98cb52b3fa8d7a95e4eb7ac19c157");
        assertThat(keys.dateShift())
                .asString()
                .isEqualTo("69434fe0c5124fc42bdda7639e84ef8f385bcb0833c3080ad0c7f77794df0eef");
        assertThat(HexFormat.of().formatHex(keys.perturb()))
                .isEqualTo("c206f0b707337460f0b9127681083585c65522b070af359023655725faa2fa8f");
        assertThat(new CryptoHash(keys.cryptoHash()).value("example"))
                .isEqualTo("e1a22414b3da6dd0036cd0f4c693d2875959d41f3d32b3d36070c967bd3dd577");
    }

    @Test
    void anotherContextGivesOtherKeys() {
        assertThat(DeidKeys.derived("master-key", "project-b").text())
                .isNotEqualTo(DeidKeys.derived("master-key", "project-a").text());
    }

    @Test
    void randomKeysDiffer() {
        assertThat(DeidKeys.random().text()).isNotEqualTo(DeidKeys.random().text());
    }

    @Test
    void theTextHasTheKeys() {
        DeidKeys keys = DeidKeys.random();
        DeidKeys read = DeidKeys.parse(keys.text());

        assertThat(read.dateShift()).isEqualTo(keys.dateShift());
        assertThat(read.cryptoHash()).isEqualTo(keys.cryptoHash());
        assertThat(read.encrypt()).isEqualTo(keys.encrypt());
        assertThat(read.perturb()).isEqualTo(keys.perturb());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "YQ==", "YQ==.YQ==.YQ==", "YQ==.YQ==.YQ==.YQ==.YQ=="})
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> DeidKeys.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLogLineShowsNoKey() {
        assertThat(DeidKeys.random()).hasToString("DeidKeys");
    }
}
