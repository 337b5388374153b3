package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.signin.LoginProvider;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People sign in, see what their roles allow, and sign out. The provider is another site to the browser. */
@IntegrationTest
class SignedInConsoleTest {
    private static LoginProvider provider;
    private static SluiceServer server;
    private static ConsoleBrowser browser;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(provider.options());
        browser = ConsoleBrowser.open(server);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        server.close();
        provider.close();
    }

    @BeforeEach
    void signOut() {
        browser.context().clearCookies();
    }

    @Test
    void aViewerSignsInAndOut() {
        provider.knows("ada", "sluice-viewer");
        Page page = browser.go(root() + "/console/jobs?q=abc");
        assertThat(page.locator("h1")).hasText("Sign in");
        browser.inspect("sign-in");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();

        assertThat(page).hasURL(root() + "/console/jobs?q=abc");
        assertThat(page.locator("header")).containsText("ada@example.org");
        assertThat(page.locator("header nav")).not().containsText("New export");
        browser.inspect("jobs-of-a-viewer");
        browser.go(root() + "/console/exports/new");
        assertThat(page.locator("h1")).hasText("You may not do this");

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        assertThat(page).hasURL(Pattern.compile(".*/console/signin")); // by way of the provider
        browser.go(root() + "/console/jobs");
        assertThat(page.locator("h1")).hasText("Sign in");
    }

    @Test
    void whoHasNoRoleIsToldSo() {
        provider.knows("eve");
        Page page = browser.go(root() + "/console/signin/start");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("no role here");
        browser.inspect("sign-in-refused");
    }

    /** Another host than that of the provider, so that the browser takes both for different sites. */
    private static String root() {
        return "http://127.0.0.1:" + server.root().getPort();
    }
}
