package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.HeldUnits;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person whose browser runs no scripts: every form is sent, every link leads to a page, and a page is loaded again. */
@SlowTest
class WithoutScriptsTest {
    private static SluiceServer server;
    private static ConsoleBrowser browser;
    private static HeldUnits held;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.demo=true", "--sluice.export.file-size=1MB");
        browser = ConsoleBrowser.withoutScripts(server);
        held = HeldUnits.of(server);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        server.close();
    }

    @Test
    void anExportIsEstimatedStartedWatchedPausedAndCancelled() {
        Page page = browser.go("/console/jobs");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("New export"))
                .click();
        page.locator("#_type").fill("Immunization");
        click("Estimate");
        assertThat(page.locator("#estimate")).containsText("Immunization");
        assertThat(page.locator("#_type")).hasValue("Immunization");
        click("Start export");

        assertThat(page.locator("h1")).hasText("Export of all data");
        String job = page.url().replaceFirst("[^/]*//[^/]*", "");
        held.count(job);
        page.reload();
        assertThat(page.locator("#head .state")).hasText("Running");
        click("Pause");
        assertThat(page.locator("#head .state")).hasText("Paused");
        click("Resume");
        assertThat(page.locator("#head .state")).hasText("Running");

        browser.go("/console/jobs");
        page.getByRole(AriaRole.SEARCHBOX).fill("immuniz");
        click("Search");
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.locator("tbody a").click();
        page.locator("#cancel").click();
        click("Cancel the job");
        assertThat(page.locator("h1")).hasText("Jobs");
        assertThat(page.locator("a[href='" + job + "']")).hasCount(0);
    }

    @Test
    void theFilesOfAnExportAreListed() {
        Page page = browser.go("/console/exports/new");
        page.locator("#_type").fill("Patient");
        click("Start export");
        String job = page.url().replaceFirst("[^/]*//[^/]*", "");
        held.release(job);
        await().until(() -> page.reload() != null
                && page.locator("#head .state").textContent().equals("Completed"));

        page.getByText("List the files").click();

        assertThat(page.getByText("Patient-1.ndjson")).isVisible();
        assertThat(page.getByText("Patient-1.ndjson")).hasAttribute("href", job + "/files/Patient-1.ndjson");
    }

    @Test
    void whatIsWrongStandsBesideItsField() {
        Page page = browser.go("/console/exports/new?_type=Patientt");
        click("Start export");

        assertThat(page.locator("[id='_type-fault']")).containsText("Patientt");
    }

    private static void click(String button) {
        browser.page()
                .getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }
}
