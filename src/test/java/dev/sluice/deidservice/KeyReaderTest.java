package dev.sluice.deidservice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import dev.sluice.deid.InvalidRulesException;
import dev.sluice.deid.KeyReference;
import dev.sluice.deid.KeyReference.Kind;
import dev.sluice.fhir.FhirException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class KeyReaderTest {
    private static final String VAULT = "https://hospital.vault.azure.net/secrets/";

    private final FakeVault vault =
            new FakeVault(Map.of("/secrets/study", "vault-key", "/secrets/study/1a", "old-key"));

    @TempDir
    private Path folder;

    @Test
    void aKeyIsInAVariable() {
        assertThat(reader("env:DEID_*").read(new KeyReference(Kind.ENV, "DEID_KEY")))
                .isEqualTo("variable-key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file-key", "file-key\n", "file-key\r\n"})
    void aKeyIsInAFile(String content) throws IOException {
        assertThat(reader("file:" + folder + "/*").read(file(content))).isEqualTo("file-key");
    }

    @ParameterizedTest
    @CsvSource({"study, vault-key", "study/1a, old-key"})
    void aKeyIsInAVault(String name, String key) {
        assertThat(reader("keyvault:" + VAULT + "*").read(new KeyReference(Kind.KEY_VAULT, VAULT + name)))
                .isEqualTo(key);
        assertThat(vault.requests()).allMatch(url -> url.startsWith(VAULT + name));
    }

    @Test
    void whatIsNotAllowedIsNotLookedUp() throws IOException {
        KeyReader reader = reader("env:DEID_*", "file:" + folder + "/keys/*", "keyvault:" + VAULT + "*");
        List<KeyReference> others = List.of(
                new KeyReference(Kind.ENV, "PGPASSWORD"),
                file("secret"),
                new KeyReference(Kind.FILE, folder + "/missing"),
                new KeyReference(Kind.KEY_VAULT, "https://evil.example/secrets/study"),
                new KeyReference(Kind.KEY_VAULT, "https://hospital.vault.azure.net.evil.example/secrets/study"));

        assertThat(others)
                .allSatisfy(reference -> assertThatThrownBy(() -> reader.read(reference))
                        .isInstanceOf(InvalidRulesException.class)
                        .hasMessage("Rule files may not use the keyRef " + reference
                                + ". An operator of the server can allow it by sluice.deidentification.keys."));
        assertThat(vault.requests()).isEmpty();
    }

    @Test
    void whatIsNoKeyIsRefused() throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        KeyReader reader = reader("env:*", "file:/*", "keyvault:" + VAULT + "*");
        List<KeyReference> others = List.of(
                new KeyReference(Kind.ENV, "MISSING"),
                new KeyReference(Kind.ENV, "EMPTY"),
                file("\n"),
                file("a".repeat(4_097)),
                new KeyReference(Kind.FILE, folder + "/missing"),
                new KeyReference(Kind.FILE, folder + "/folder"),
                new KeyReference(Kind.FILE, folder + "/bytes"),
                new KeyReference(Kind.FILE, "/dev/zero"),
                new KeyReference(Kind.KEY_VAULT, VAULT + "missing"));

        assertThat(others)
                .allSatisfy(reference -> assertThatThrownBy(() -> reader.read(reference))
                        .isInstanceOf(InvalidRulesException.class)
                        .hasMessageStartingWith("The keyRef " + reference + " names no key"));
    }

    @Test
    void aVaultThatRefusesIsNamed() {
        vault.answer(403);
        assertThatThrownBy(
                        () -> reader("keyvault:" + VAULT + "*").read(new KeyReference(Kind.KEY_VAULT, VAULT + "study")))
                .isInstanceOf(InvalidRulesException.class)
                .hasMessageContaining("Key Vault Secrets User");
    }

    @Test
    void aVaultThatFailsMakesTheRequestFailForNow() {
        vault.answer(503);
        assertThatThrownBy(
                        () -> reader("keyvault:" + VAULT + "*").read(new KeyReference(Kind.KEY_VAULT, VAULT + "study")))
                .isInstanceOfSatisfying(
                        FhirException.class, e -> assertThat(e.status()).isEqualTo(503));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "DEID_KEY",
                "env:A*B",
                "file:*",
                "file:keys/*",
                "keyvault:*",
                "keyvault:https://*",
                "keyvault:https://*.vault.azure.net/secrets/a",
                "keyvault:https://hospital*",
                "keyvault:http://hospital.vault.azure.net/*"
            })
    void aPatternNamesWhatItAllows(String pattern) {
        assertThatThrownBy(() -> new AllowedKeys(List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sluice.deidentification.keys");
    }

    private KeyReader reader(String... allowed) {
        Map<String, String> variables = Map.of("DEID_KEY", "variable-key", "PGPASSWORD", "secret", "EMPTY", "");
        VaultReader vaults =
                new VaultReader(() -> request -> Mono.just(new AccessToken("token", OffsetDateTime.MAX)), vault);
        return new KeyReader(new AllowedKeys(List.of(allowed)), variables::get, vaults);
    }

    private KeyReference file(String content) throws IOException {
        Path file = Files.createTempFile(folder, "key", "");
        Files.write(file, content.getBytes(UTF_8));
        return new KeyReference(Kind.FILE, file.toString());
    }
}
