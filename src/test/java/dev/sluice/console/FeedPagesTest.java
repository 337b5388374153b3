package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person defines a feed, runs it, and reads why it is not right. */
@SlowTest
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

    @Test
    void aNewFeedReplacesNone() {
        Page page = browser.go("/console/feeds/new?name=kept&export=$export?_type=Patient&cron=0+0+2+*+*+*");
        click(page, "Define feed");
        assertThat(page.locator("h1")).hasText("kept");

        browser.go("/console/feeds/new?name=kept&export=$export?_type=Condition&cron=0+0+3+*+*+*");
        click(page, "Define feed");

        assertThat(page.locator("#name-fault")).containsText("A feed of the name 'kept' exists");
        assertThat(server.get("/_feeds/kept").body()).contains("_type=Patient");
        browser.go("/console/feeds/kept");
        page.locator("#cron").fill("at four");
        click(page, "Save");
        assertThat(page.locator("h1")).hasText("kept");
        assertThat(page.locator("#cron-fault")).containsText("six fields");
        page.locator("#cron").fill("0 0 4 * * *");
        click(page, "Save");
        assertThat(page.locator("h1")).hasText("kept");
        assertThat(server.get("/_feeds/kept").body()).contains("0 0 4 * * *");
        assertThat(server.delete("/_feeds/kept").statusCode()).isEqualTo(204);
    }

    @Test
    void allThatIsWrongWithAFeedIsToldTogether() {
        String definition =
                "{\"export\":\"Patient/$export?_type=Patientt&_since=2026-01-01T00:00:00Z\",\"cron\":\"never\",\"zone\":\"Mars\"}";

        String body = server.put("/_feeds/Lake", "application/json", definition).body();

        assertThat(body)
                .contains("The name of a feed", "cron is not valid", "zone is 'Mars'", "Patientt", "_since itself");
        assertThat(server.get("/_feeds").body()).doesNotContain("Patientt");
    }

    @Test
    void aFeedThatExistsIsChangedUnlessItMustBeNew() {
        String definition = "{\"export\":\"$export?_type=Patient\",\"cron\":\"0 0 2 * * *\"}";
        String path = "/_feeds/twice";
        assertThat(server.put(path, "application/json", definition, "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.put(path, "application/json", definition, "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(412);
        assertThat(server.put(path, "application/json", definition).statusCode())
                .isEqualTo(200);
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
    }

    private static void click(Page page, String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }
}
