package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Secrets in files, laid out as Kubernetes and its CSI driver mount them: links to links, so that all change at once. */
@IntegrationTest
class SecretFilesTest {
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);
    private static final String SCOPE = "system/*.rs";

    @TempDir
    Path folder;

    @Test
    void secretsAreReadFromFiles() throws IOException {
        mount("spring.datasource.password", "of-the-database\n");
        mount("sluice.security.token-key-secret", "a".repeat(32) + "\n");
        try (SluiceServer server = start()) {
            LAKE.authorization(server, SCOPE);

            assertThat(server.bean(HikariDataSource.class).getPassword()).isEqualTo("of-the-database");
            assertThat(server.bean(OauthSettings.class).tokenKeySecret()).isEqualTo("a".repeat(32));
            assertThat(server.bean(JdbcTemplate.class).queryForList("select jwk from token_key", String.class))
                    .as("encrypted")
                    .isNotEmpty()
                    .noneMatch(key -> key.contains("{"));
        }
    }

    /** Without a look at the names, the keys would not be encrypted, and nobody would know. */
    @Test
    void aFileWithAMisspeltNameEndsTheStart() throws IOException {
        mount("sluice.security.token-key-secrt", "a".repeat(32));

        assertThatThrownBy(() -> start().close())
                .hasMessageContaining("sluice.security.token-key-secrt does not exist; did you mean"
                        + " 'sluice.security.token-key-secret'?");
    }

    private SluiceServer start() {
        return SluiceServer.start(TokenClient.options(
                "--spring.config.import=configtree:" + folder + "/secrets/",
                "lake.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "lake.scopes=" + SCOPE));
    }

    private void mount(String name, String content) throws IOException {
        Path secrets = folder.resolve("secrets");
        Path version = Files.createDirectories(secrets.resolve("..2026_11_29"));
        Files.writeString(version.resolve(name), content);
        Path current = secrets.resolve("..data");
        if (!Files.exists(current)) {
            Files.createSymbolicLink(current, version.getFileName());
        }
        Files.createSymbolicLink(secrets.resolve(name), Path.of("..data", name));
    }
}
