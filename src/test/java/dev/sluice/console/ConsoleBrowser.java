package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.sluice.SluiceServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A person with a browser in front of the console: a real Chromium, which the tests skip if the machine has none. Whatever a
 * page writes to the console of the browser is a fault: it is told there what the Content-Security-Policy has blocked.
 */
public final class ConsoleBrowser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final int PATIENCE_MILLIS = 15_000;
    private static final int WIDE = 1280;
    private static final int NARROW = 390;
    private static final int HIGH = 860;

    /** The impacts of axe-core that keep people from using a page. */
    private static final Set<String> SERIOUS = Set.of("serious", "critical");

    private final Playwright playwright;
    private final Browser browser;
    private final BrowserContext context;
    private final Page page;
    private final String root;
    private final List<String> complaints = new ArrayList<>();

    private ConsoleBrowser(Playwright playwright, Browser browser, SluiceServer server, boolean scripts) {
        this.playwright = playwright;
        this.browser = browser;
        this.root = server.root().toString();
        this.context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(WIDE, HIGH)
                .setIgnoreHTTPSErrors(true)
                .setJavaScriptEnabled(scripts)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setColorScheme(ColorScheme.LIGHT));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        this.page = context.newPage();
        page.onConsoleMessage(message -> {
            if (Set.of("error", "warning").contains(message.type())
                    && !message.text().startsWith("Failed to load")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    /** Opens a browser; skips the test if the machine has none. */
    public static ConsoleBrowser open(SluiceServer server) {
        return open(server, true);
    }

    /** Opens a browser that runs no scripts. */
    static ConsoleBrowser withoutScripts(SluiceServer server) {
        return open(server, false);
    }

    private static ConsoleBrowser open(SluiceServer server, boolean scripts) {
        Path chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(chromium != null, "needs Chromium");
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic")));
        return new ConsoleBrowser(playwright, browser, server, scripts);
    }

    /** The page that is open. */
    public Page page() {
        return page;
    }

    /** The cookies and settings of the browser. */
    public BrowserContext context() {
        return context;
    }

    /** Opens a page of the server, by its path, and returns it. */
    public Page go(String path) {
        page.navigate(path.startsWith("http") ? path : root + path);
        return page;
    }

    /**
     * Takes pictures of the open page, on a desk and on a telephone, in light and in dark, and asserts for each that people
     * who see little, or use no mouse, can use it, and that it does not scroll sideways.
     *
     * @param name of the files in {@code target/screenshots}
     */
    public void inspect(String name) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (int width : List.of(WIDE, NARROW)) {
                page.setViewportSize(width, HIGH);
                String view = name
                        + (width == WIDE ? "-desk-" : "-phone-")
                        + (scheme == ColorScheme.LIGHT ? "light" : "dark");
                page.screenshot(new Page.ScreenshotOptions()
                        .setPath(SCREENSHOTS.resolve(view + ".png"))
                        .setFullPage(true));
                if (width == WIDE) { // the other view has the same elements and colours
                    assertThat(faults()).as(view).isEmpty();
                }
                assertThat(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                        .as(view + " fits into its width")
                        .isEqualTo(true);
            }
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.setViewportSize(WIDE, HIGH);
        assertThat(complaints).as("what the browser says about " + name).isEmpty();
    }

    private List<String> faults() {
        return new AxeBuilder(page)
                .analyze().getViolations().stream()
                        .filter(rule -> SERIOUS.contains(rule.getImpact()))
                        .map(rule -> rule.getId() + ": " + rule.getHelp() + " "
                                + rule.getNodes().stream()
                                        .map(node -> node.getHtml())
                                        .toList())
                        .toList();
    }

    @Override
    public void close() {
        context.close();
        browser.close();
        playwright.close();
    }
}
