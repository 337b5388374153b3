package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person walks through the pages about jobs. */
@IntegrationTest
class ConsoleTest {
    private static SluiceServer server;
    private static ConsoleBrowser browser;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.demo=true");
        browser = ConsoleBrowser.open(server);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        server.close();
    }

    @Test
    void aPageThatDoesNotExistSaysSo() {
        Page page = browser.go("/console/nothing");

        assertThat(page.locator("h1")).hasText("There is nothing here");
        browser.inspect("error");
    }

    @Test
    void anExportIsEstimatedAndStarted() {
        Page page = browser.go("/console/exports/new");
        page.getByLabel("Types").first().fill("Patient,Condition");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Estimate"))
                .click();

        assertThat(page.locator("#estimate")).containsText("Condition");
        assertThat(page.locator("#curl")).containsText("_type=Patient,Condition");
        browser.inspect("new-export");
    }

    @Test
    void whatIsWrongStandsBesideItsField() {
        Page page = browser.go("/console/exports/new?_since=yesterday&_type=Patientt");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Start export"))
                .click();

        assertThat(page.locator("[id='_since-fault']")).containsText("yesterday");
        assertThat(page.locator("[id='_type-fault']")).containsText("Patientt");
        browser.inspect("new-export-faults");
    }
}
