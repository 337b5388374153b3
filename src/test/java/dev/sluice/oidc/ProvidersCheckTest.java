package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.FreePort;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvidersCheckTest {
    @Test
    void eachProviderIsAsked() throws IOException {
        String away = "http://localhost:" + FreePort.find();
        try (MockProvider provider = new MockProvider()) {
            List<Finding> findings = check(provider.issuer(), provider.issuer() + "/", away);

            assertThat(findings).extracting(Finding::level).containsExactly(Level.OK, Level.PROBLEM, Level.PROBLEM);
            assertThat(findings)
                    .extracting(Finding::text)
                    .containsExactly(
                            "The provider " + provider.issuer() + " has 1 key.",
                            "The provider " + provider.issuer() + "/ cannot be asked for its keys: " + provider.issuer()
                                    + "/.well-known/openid-configuration is of another issuer.",
                            "The provider " + away + " cannot be asked for its keys: Connection refused.");
        }
    }

    @Test
    void modeWithoutAProviderIsRefused() {
        assertThatThrownBy(ProvidersCheckTest::check).hasMessageContaining("sluice.security.oidc.issuers is empty");
    }

    private static List<Finding> check(String... issuers) {
        return new ProvidersCheck(new OidcSettings(List.of(issuers), List.of("api://sluice"), "roles", false)).run();
    }
}
