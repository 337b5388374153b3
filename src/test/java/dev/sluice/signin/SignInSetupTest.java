package dev.sluice.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** What the server does with the settings of the sign-in when it starts. */
@IntegrationTest
class SignInSetupTest {
    @Test
    void aServerWhoseProviderIsAwayStartsAndSaysSo() throws IOException {
        int port;
        try (LoginProvider gone = new LoginProvider()) {
            port = gone.port();
        }
        try (SluiceServer alone = SluiceServer.start(LoginProvider.options("http://localhost:" + port))) {
            PersonAtBrowser waiting = new PersonAtBrowser(alone);
            HttpResponse<String> away = waiting.open("/console/signin/start");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.body()).contains("does not answer");
            try (LoginProvider back = new LoginProvider(port)) {
                back.knows("u1", "sluice-exporter");
                await().until(() -> waiting.open("/console/signin/start").statusCode() == 302);
                assertThat(waiting.signIn().statusCode()).isEqualTo(302);
                assertThat(waiting.open("/console/jobs").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void settingsThatWouldNotProtectAreRefused() {
        assertThatThrownBy(() -> SluiceServer.start(
                        "--sluice.console.oidc.issuer=https://idp.example.org", "--sluice.console.oidc.client-id=c"))
                .hasStackTraceContaining("sluice.security.mode is open");
        assertThatThrownBy(() -> SluiceServer.start("--sluice.console.oidc.issuer=https://idp.example.org"))
                .hasStackTraceContaining("belong together");
        assertThatThrownBy(() -> SluiceServer.start(
                        "--sluice.console.oidc.issuer=https://idp.example.org", "--sluice.console.oidc.client-id=a b"))
                .hasStackTraceContaining("without spaces");
        assertThatThrownBy(() -> SluiceServer.start("--sluice.console.oidc.issuer=http://idp.example.org"))
                .hasStackTraceContaining("is not https");
    }
}
