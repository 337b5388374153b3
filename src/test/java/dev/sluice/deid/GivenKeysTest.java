package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivenKeysTest {
    private static final Map<String, String> SECRETS = Map.of(
            "env:MASTER", "0123456789abcdef",
            "env:OTHER", "fedcba9876543210",
            "env:SHORT", "123",
            "env:TWENTY", "01234567890123456789");

    @Test
    void keysInTheFileAreThoseOfMicrosoft() {
        DeidKeys keys = keys("""
                {"dateShiftKey": "123", "cryptoHashKey": "456", "encryptKey": "0123456789abcdef", "perturbKey": "789"}
                """);

        assertThat(keys.dateShift()).asString().isEqualTo("123");
        assertThat(keys.cryptoHash()).asString().isEqualTo("456");
        assertThat(keys.encrypt()).asString().isEqualTo("0123456789abcdef");
        assertThat(keys.perturb()).asString().isEqualTo("789");
    }

    @Test
    void eachKeyCanBeElsewhere() {
        DeidKeys keys = keys("""
                {"dateShiftKey": {"keyRef": "env:SHORT"}, "cryptoHashKey": {"keyRef": "env:OTHER"},
                 "encryptKey": {"keyRef": "env:MASTER"}, "perturbKey": {"keyRef": "env:SHORT"}}
                """);

        assertThat(keys.dateShift()).asString().isEqualTo("123");
        assertThat(keys.cryptoHash()).asString().isEqualTo("fedcba9876543210");
        assertThat(keys.encrypt()).asString().isEqualTo("0123456789abcdef");
        assertThat(keys.perturb()).asString().isEqualTo("123");
    }

    @Test
    void withoutKeysEachCallGivesNewOnes() {
        String none = "{\"dateShiftKey\": \"\", \"cryptoHashKey\": null}";
        assertThat(keys(none).text()).isNotEqualTo(keys(none).text());
    }

    @Test
    void oneKeyGivesAllOthers() {
        assertThat(keys("{\"keyRef\": \"env:MASTER\"}").text())
                .isEqualTo(DeidKeys.derived("0123456789abcdef", "").text());
        assertThat(keys("{\"keyRef\": \"env:MASTER\", \"keyDerivationContext\": \"a\"}")
                        .text())
                .isEqualTo(DeidKeys.derived("0123456789abcdef", "a").text());
        assertThat(keys("{\"keyRef\": \"env:OTHER\"}").text())
                .isNotEqualTo(keys("{\"keyRef\": \"env:MASTER\"}").text());
    }

    @Test
    void aKeyInTheFileComesBeforeTheCommonOne() {
        DeidKeys keys = keys("{\"keyRef\": \"env:MASTER\", \"cryptoHashKey\": \"123\"}");

        assertThat(keys.cryptoHash()).asString().isEqualTo("123");
        assertThat(keys.encrypt())
                .isEqualTo(DeidKeys.derived("0123456789abcdef", "").encrypt());
    }

    @Test
    void aContextChangesAlsoTheKeysInTheFile() {
        DeidKeys keys = keys("""
                {"cryptoHashKey": "master-key", "encryptKey": "master-key", "keyDerivationContext": "project-a"}
                """);

        assertThat(keys.cryptoHash())
                .isEqualTo(DeidKeys.derived("master-key", "project-a").cryptoHash());
        assertThat(keys.encrypt())
                .isEqualTo(DeidKeys.derived("master-key", "project-a").encrypt());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"encryptKey": "123"} | Invalid encrypt key size : 24 bits! Please provide key sizes of 128, 192 or 256 bits.
            {"encryptKey": {"keyRef": "env:TWENTY"}} | Invalid encrypt key size : 160 bits!
            {"keyRef": "env:SHORT"} | The key of keyRef env:SHORT has fewer than 16 characters.
            {"keyRef": "MASTER"} | A keyRef is not valid.
            {"keyRef": {"keyRef": "env:MASTER"}} | parameters.keyRef must be a text
            {"cryptoHashKey": {"keyRef": "MASTER"}} | A keyRef is not valid.
            {"cryptoHashKey": {}} | parameters.cryptoHashKey must be a text, or an object with a keyRef
            {"cryptoHashKey": {"keyRef": "env:MASTER", "x": 1}} | parameters.cryptoHashKey must be a text, or an object with a keyRef
            {"cryptoHashKey": []} | parameters.cryptoHashKey must be a text
            """)
    void otherKeysAreRefused(String parameters, String message) {
        assertThatThrownBy(() -> keys(parameters))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining(message);
    }

    private static DeidKeys keys(String parameters) {
        String file = "{\"fhirPathRules\": [], \"parameters\": " + parameters + "}";
        GivenKeys given = RuleFile.parse(file.getBytes(UTF_8)).parameters().keys();
        return DeidKeys.of(given, reference -> String.valueOf(SECRETS.get(reference.toString())));
    }
}
