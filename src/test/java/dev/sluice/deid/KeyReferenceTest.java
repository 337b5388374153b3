package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "env:DEID_KEY, ENV, DEID_KEY",
        "file:/run/secrets/deid/study.key, FILE, /run/secrets/deid/study.key",
        "file:/run/..data/key, FILE, /run/..data/key",
        "keyvault:https://v.vault.azure.net/secrets/deid-key, KEY_VAULT, https://v.vault.azure.net/secrets/deid-key",
        "keyvault:https://v.vault.azure.net/secrets/k/0a1b, KEY_VAULT, https://v.vault.azure.net/secrets/k/0a1b",
    })
    void references(String text, KeyReference.Kind kind, String name) {
        assertThat(KeyReference.parse(text))
                .isEqualTo(new KeyReference(kind, name))
                .hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DEID_KEY",
                "env:",
                "env:1KEY",
                "env:KEY NAME",
                "env:KEY\n",
                "file:",
                "file:/",
                "file:relative",
                "file:/run/secrets/../passwords",
                "file:/run/./key",
                "file:/run/secrets/..",
                "file://host/key",
                "file:/run/key/",
                "file:/run/key\n",
                "keyvault:http://v.vault.azure.net/secrets/key",
                "keyvault:https://v.vault.azure.net/keys/key",
                "keyvault:https://v.vault.azure.net/secrets/",
                "keyvault:https://v.vault.azure.net/secrets/../x",
                "keyvault:https://v.vault.azure.net/secrets/a/b/c",
                "keyvault:https://v.vault.azure.net/secrets/key?x=1",
                "keyvault:https://v.vault.azure.net/secrets/key#x",
                "keyvault:https://v.vault.azure.net@evil.example/secrets/key",
                "keyvault:https:///secrets/key",
                "https://v.vault.azure.net/secrets/key",
                "ENV:KEY",
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> KeyReference.parse(text))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining("env:NAME");
    }

    @Test
    void aLongTextIsRefused() {
        assertThatThrownBy(() -> KeyReference.parse("file:" + "/a".repeat(500_000)))
                .isInstanceOf(InvalidRulesException.class);
    }
}
