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

/** A person defines a feed, runs it, and reads why it is not right. */
@IntegrationTest
class FeedPagesTest {
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
    void aFeedIsDefinedRunDisabledAndDeleted() {
        Page page = browser.go("/console/feeds");
        assertThat(page.locator("main")).containsText("There is no feed yet");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("New feed"))
                .click();
        assertThat(server.get(server.root() + "/console/feeds/new", "Accept", "text/html")
                        .body())
                .contains("id=\"name\"");
        page.locator("#name").fill("lake");
        page.locator("#export").fill("$export?_type=Patient");
        page.locator("#cron").fill("every night");
        click(page, "Define feed");
        assertThat(page.locator("#cron-fault")).containsText("six fields");
        browser.inspect("feed-faults");

        page.locator("#cron").fill("0 0 2 * * *");
        click(page, "Define feed");
        assertThat(page.locator("h1")).hasText("lake");
        click(page, "Run now");
        assertThat(page.locator("tbody")).containsText("Snapshot 1");
        browser.inspect("feed");

        click(page, "Disable");
        assertThat(page.locator("main")).containsText("The feed is disabled");
        browser.go("/console/feeds");
        assertThat(page.locator("tbody")).containsText("disabled");
        browser.inspect("feeds");

        browser.go("/console/feeds/lake");
        page.locator("summary").click();
        click(page, "Delete the feed and its files");
        assertThat(page.locator("main")).containsText("There is no feed yet");
        assertThat(server.get("/_feeds/lake").statusCode()).isEqualTo(404);
    }

    private static void click(Page page, String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }
}
