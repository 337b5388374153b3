package dev.sluice.oidc;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.FreePort;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.console.ConsoleBrowser;
import dev.sluice.fhir.FhirJson;
import dev.sluice.oauth.ClientRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * People sign in to the console with a real provider and a real browser. Keycloak requires PKCE of the console, and writes
 * its roles to the ID token by a mapper, as sign-in.md says.
 */
@IntegrationTest
@Tag("keycloak")
@EnabledIfSystemProperty(named = "keycloak.home", matches = ".+")
class KeycloakSignInTest {
    private static final String REALM = "hospital";

    @TempDir
    private static Path folder;

    private static Keycloak keycloak;
    private static SluiceServer server;
    private static ConsoleBrowser browser;

    @BeforeAll
    static void start() throws IOException {
        keycloak = Keycloak.start(folder.resolve("keycloak.log"));
        server = serverFor(REALM);
        browser = ConsoleBrowser.open(server);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    @BeforeEach
    void newBrowser() {
        browser.context().clearCookies();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            vera | viewer        | You may not do this | You may not do this
            egon | exporter      | New export          | You may not do this
            ada  | administrator | New export          | Audit
            """)
    void aPersonMayDoWhatTheRoleAllows(String name, String role, String export, String audit) {
        Page page = browser.go(root(server) + "/console/jobs?q=abc");
        signIn(name);

        assertThat(page).hasURL(root(server) + "/console/jobs?q=abc");
        assertThat(page.locator("header")).containsText(name);
        assertThat(page.locator("header")).containsText(role);
        browser.go(root(server) + "/console/exports/new");
        assertThat(page.locator("h1")).hasText(export);
        browser.go(root(server) + "/console/audit");
        assertThat(page.locator("h1")).hasText(audit);
    }

    @Test
    void aPersonWithoutARoleIsNotLetIn() {
        Page page = browser.go(root(server) + "/console");
        signIn("nora");

        assertThat(page.getByRole(AriaRole.ALERT)).containsText("no role here");
        browser.go(root(server) + "/console/jobs");
        assertThat(page.locator("h1")).hasText("Sign in");
    }

    @Test
    void aSignOutEndsTheSessionWithTheProviderToo() {
        Page page = browser.go(root(server) + "/console/jobs");
        signIn("vera");
        assertThat(page.locator("h1")).hasText("Jobs");

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        assertThat(page).hasURL(root(server) + "/console/signin");
        browser.go(root(server) + "/console/jobs");
        assertThat(page.locator("h1")).hasText("Sign in");
        clickSignIn();
        assertThat(page.locator("#username")).isVisible(); // another person may use the browser now
    }

    /** The provider still knows the person. */
    @Test
    void anEndedSessionIsRenewedWithoutAPassword() throws IOException {
        try (SluiceServer brief = serverFor("brief", "--sluice.console.session.lifetime=15s")) {
            Page page = browser.go(root(brief) + "/console/jobs");
            signIn("vera");
            assertThat(page.locator("h1")).hasText("Jobs");

            await().until(() -> {
                page.reload();
                return page.locator("h1").textContent().equals("Sign in");
            });
            clickSignIn();
            assertThat(page.locator("h1")).hasText("Jobs");
        }
    }

    @Test
    void aDisabledPersonHasNeitherASessionNorAToken() {
        Page page = browser.go(root(server) + "/console/jobs");
        signIn("bert");
        assertThat(page.locator("h1")).hasText("Jobs");
        SluiceServer bert = server.as(keycloak.tokenOfPerson(REALM, "bert"));
        Assertions.assertThat(bert.get("/Group").statusCode()).isEqualTo(200);

        server.bean(ClientRegistry.class).enable("* " + subject("bert"), false);

        await().until(() -> bert.get("/Group").statusCode() == 401);
        await().until(() -> {
            page.reload();
            return page.locator("h1").textContent().equals("Sign in");
        });
        clickSignIn();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("client disable");
        Assertions.assertThat(server.as(keycloak.tokenOfPerson(REALM, "bert"))
                        .get("/Group")
                        .statusCode())
                .isEqualTo(401);
        Assertions.assertThat(server.as(keycloak.tokenOfPerson(REALM, "alice"))
                        .get("/Group")
                        .statusCode())
                .isEqualTo(200);
    }

    private static void signIn(String name) {
        clickSignIn();
        Page page = browser.page();
        page.locator("#username").fill(name);
        page.locator("#password").fill("password-of-" + name);
        page.locator("#kc-login").click();
    }

    private static void clickSignIn() {
        browser.page()
                .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();
    }

    private static String subject(String name) {
        String claims = keycloak.tokenOfPerson(REALM, name).split("\\.", -1)[1];
        return FhirJson.MAPPER
                .readTree(Base64.getUrlDecoder().decode(claims))
                .path("sub")
                .asString();
    }

    /** A server with a realm of its own, whose console has the URLs that are registered there. */
    private static SluiceServer serverFor(String realm, String... more) throws IOException {
        int port = FreePort.find();
        keycloak.create(realm, "http://127.0.0.1:" + port);
        return SluiceServer.start(Stream.concat(
                        Stream.of(
                                "--server.port=" + port,
                                "--sluice.security.mode=oidc",
                                "--sluice.security.allow-http=true",
                                "--sluice.security.oidc.issuers=" + keycloak.issuer(realm),
                                "--sluice.security.oidc.audiences=api://sluice",
                                "--sluice.security.oidc.roles-claim=realm_access.roles",
                                "--sluice.security.oidc.allow-users=true",
                                "--sluice.console.oidc.issuer=" + keycloak.issuer(realm),
                                "--sluice.console.oidc.client-id=sluice-console",
                                "--sluice.console.oidc.client-secret=secret-of-sluice-console"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    /** Another host than that of the provider, so that the browser takes both for different sites. */
    private static String root(SluiceServer server) {
        return "http://127.0.0.1:" + server.root().getPort();
    }
}
