package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.signin.LoginProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People sign in, see what their roles allow, and sign out. The provider is another site to the browser. */
@SlowTest
class SignedInConsoleTest {
    private static LoginProvider provider;
    private static SluiceServer server;
    private static ConsoleBrowser browser;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(Stream.concat(Stream.of(provider.options()), Stream.of("--sluice.demo=true"))
                .toArray(String[]::new));
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
        browser.go(root() + "/console/audit");
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

    @Test
    void anAdministratorSeesHowTheServerStands() {
        provider.knows("root", "sluice-administrator");
        browser.go(root() + "/console/signin/start?next=/console/contents");
        Page page = browser.page();
        await("the sample population").until(() -> {
            page.reload();
            return page.locator("tbody").count() == 1
                    && page.locator("tbody").textContent().contains("Patient");
        });
        browser.inspect("contents");

        browser.go(root() + "/console/groups");
        assertThat(page.locator("tbody tr").first()).containsText("New export");
        browser.inspect("groups");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Export the group"))
                .first()
                .click();
        assertThat(page.getByLabel("The members of the group")).isChecked();

        browser.go(root() + "/console/health");
        assertThat(page.locator("table").first()).containsText("Database");
        assertThat(page.locator("table").first()).containsText("Works");
        assertThat(page.locator("main")).containsText("Alive");
        browser.inspect("health");

        browser.go(root() + "/console/settings");
        assertThat(page.locator("tbody")).containsText("sluice.console.oidc.issuer");
        assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("client-secret")))
                .containsText("…");
        assertThat(page.content()).doesNotContain(LoginProvider.SECRET);
        browser.inspect("settings");
        browser.go(root() + "/console/settings?q=history");
        assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("sluice.history")))
                .containsText("default");
    }

    /** The database and the storage of the tests are in order. */
    @Test
    void anAdministratorRunsTheChecks() {
        provider.knows("root", "sluice-administrator");
        browser.go(root() + "/console/signin/start?next=/console/health");
        Page page = browser.page();

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Run the checks"))
                .click();
        assertThat(page.locator("#checks button"))
                .hasText("Run the checks again", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
        Locator checks = page.locator("#checks tbody tr");
        assertThat(checks.filter(new Locator.FilterOptions().setHasText("role "))
                        .first())
                .containsText("PostgreSQL");
        assertThat(checks.filter(new Locator.FilterOptions().setHasText("Storage"))
                        .first())
                .containsText("Good");
        assertThat(page.locator("#checks")).containsText("All keys are known");
        assertThat(page.locator("#checks")).containsText("Problems: 0");
        browser.inspect("checks");
    }

    @Test
    void anAdministratorFindsWhoDidWhat() {
        provider.knows("root", "sluice-administrator");
        browser.go(root() + "/console/signin/start?next=/console/audit");
        Page page = browser.page();
        assertThat(page.locator("tbody")).containsText("signed in");
        browser.inspect("audit");
        page.getByLabel("Client or person").fill("CONSOLE root");
        page.getByLabel("Kind").selectOption("signed-in");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Search"))
                .click();
        assertThat(page.locator("tbody tr").first()).containsText("sluice-console root");
        browser.go(root() + "/console/audit?client=nobody");
        assertThat(page.locator("main")).containsText("No event is like that");
        browser.go(root() + "/console/audit?from=yesterday");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("no time of FHIR");
    }

    @Test
    void anExporterImportsFilesAndSeesTheirErrors() {
        provider.knows("eva", "sluice-exporter");
        browser.go(root() + "/console/signin/start?next=/console/imports/new");
        Page page = browser.page();
        String lines = "{\"resourceType\":\"Patient\",\"id\":\"dropped\"}\nno resource\n";
        page.locator("#files").setInputFiles(new FilePayload[] {
            new FilePayload("patients.ndjson", "", lines.getBytes(StandardCharsets.UTF_8)),
            new FilePayload("wrong.json", "", "{}".getBytes(StandardCharsets.UTF_8))
        });
        assertThat(page.locator("#imports section").first()).containsText("1 created");
        assertThat(page.locator("#imports section").first()).containsText("Line 2");
        assertThat(page.locator("#imports section").last()).containsText("Nothing of this file was imported");
        browser.inspect("import");
    }

    @Test
    void anExporterImportsBundlesButDeletesNothing() throws IOException {
        provider.knows("eva", "sluice-exporter");
        browser.go(root() + "/console/signin/start?next=/console/imports/new");
        Page page = browser.page();
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bundle("PUT", "in-gzip"));
        }
        page.locator("#files").setInputFiles(new FilePayload[] {
            new FilePayload("one.json", "", bundle("PUT", "in-bundle")),
            new FilePayload("two.json.gz", "", compressed.toByteArray()),
            new FilePayload("three.json", "", bundle("DELETE", "in-bundle")),
            new FilePayload("four.ndjson", "", bundle("DELETE", "in-bundle"))
        });
        assertThat(page.locator("#imports section").nth(0)).containsText("1 entries");
        assertThat(page.locator("#imports section").nth(1)).containsText("1 entries");
        assertThat(page.locator("#imports section").nth(2)).containsText("Nothing of this file was imported");
        assertThat(page.locator("#imports section").nth(3)).containsText("The line is a deletion");
    }

    /** A transaction of one Patient. */
    private static byte[] bundle(String method, String id) {
        String resource = "\"resource\":{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"},";
        return ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{"
                        + (method.equals("DELETE") ? "" : resource)
                        + "\"request\":{\"method\":\"" + method + "\",\"url\":\"Patient/" + id + "\"}}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Another host than that of the provider, so that the browser takes both for different sites. */
    private static String root() {
        return "http://127.0.0.1:" + server.root().getPort();
    }
}
