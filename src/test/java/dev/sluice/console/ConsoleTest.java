package dev.sluice.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A person walks through the pages about jobs, in a real browser. */
@SlowTest
class ConsoleTest {
    @TempDir
    static Path home;

    private static SluiceServer server;
    private static ConsoleBrowser browser;
    private static HeldUnits held;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.demo=true", "--sluice.home=" + home, "--sluice.export.file-size=1MB");
        browser = ConsoleBrowser.open(server);
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
    void aPageThatDoesNotExistSaysSo() {
        Page page = browser.go("/console/nothing");

        assertThat(page.locator("h1")).hasText("There is nothing here");
        browser.inspect("error");
    }

    @Test
    void anExportIsEstimatedAndStarted() {
        Page page = browser.go("/console/exports/new");
        page.locator("#_type").fill("Patient,Condition");
        button("Estimate").click();
        assertThat(page.locator("#estimate")).containsText("Condition");
        assertThat(page.locator("#curl")).containsText("$export?_type=Patient,Condition");
        browser.inspect("new-export");

        button("Start export").click();

        assertThat(page.locator("h1")).hasText("Export of all data");
        assertThat(page.locator("dl.parameters")).containsText("Patient, Condition");
    }

    /** The patients are in the body of the request, and each line of the filters is a parameter. */
    @Test
    void theCommandFollowsTheForm() {
        Page page = browser.go("/console/exports/new");
        page.getByText("All patients").click();
        page.getByText("Filters, elements, patients").click();
        page.locator("[id='body.patient']").fill("Patient/p1\nPatient/it's");
        page.locator("#_typeFilter").fill("Observation?code=a,b\nCondition?clinical-status=active");
        page.locator("#_elements").click(); // the field before it has changed then

        assertThat(page.locator("#curl")).containsText("-X POST '" + server.base() + "/Patient/$export?_typeFilter=");
        assertThat(page.locator("#curl")).containsText("&_typeFilter=Condition?clinical-status=active'");
        assertThat(page.locator("#curl")).containsText("{\"reference\":\"Patient/it'\\''s\"}");
    }

    @Test
    void whatIsWrongStandsBesideItsField() {
        Page page = browser.go("/console/exports/new?_since=yesterday&_type=Patientt");
        button("Start export").click();

        assertThat(page.locator("[id='_since-fault']")).containsText("yesterday");
        assertThat(page.locator("[id='_type-fault']")).containsText("Patientt");
        assertThat(page.locator("#_type")).hasValue("Patientt");
        browser.inspect("new-export-faults");
    }

    @Test
    void aRunningExportIsWatchedPausedAndCancelled() {
        String job = start("/$export");
        int units = held.count(job);
        Page page = browser.go(job);
        assertThat(page.locator("#head .state")).hasText("Running");
        page.locator("#units summary").click();

        held.run(job, 0, 2);

        Locator done = page.locator("#units summary");
        assertThat(done).hasText(Pattern.compile("Units\\s+3 of " + units + " done"));
        assertThat(page.locator("#units tbody tr").first()).containsText("Done"); // still open
        assertThat(page.locator("#said")).containsText("Running");
        browser.inspect("job-running");
        page.locator("#pause").click();
        assertThat(page.locator("#head .state")).hasText("Paused");
        assertThat(page.locator("#waits + p")).containsText("paused");
        browser.inspect("job-paused");
        page.locator("#resume").click();
        assertThat(page.locator("#head .state")).hasText("Running");

        browser.go("/console/jobs?state=running");
        browser.inspect("jobs");

        browser.go(job);
        page.locator("#cancel").click();
        assertThat(page.locator("h1")).hasText("Cancel this job?");
        browser.inspect("job-cancel");
        button("Cancel the job").click();

        assertThat(page.locator("h1")).hasText("Jobs");
        browser.go(job);
        assertThat(page.locator("h1")).hasText("There is nothing here");
    }

    @Test
    void filesOfACompletedExportAreListedAndDownloaded() throws Exception {
        String job = start(
                "/Patient/$export?_type=Patient,Observation&_typeFilter=Observation?code=http://loinc.org%7C4548-4");
        Page page = browser.go(job);
        held.release(job);
        assertThat(page.locator("#head .state")).hasText("Completed");
        Locator file = page.getByText("Patient-1.ndjson");
        assertThat(file).isVisible();
        assertThat(page.locator("#files")).containsText("100");
        assertThat(page.locator("#files")).containsText("Observation: the filters kept ");
        browser.inspect("job-completed");

        Download download = page.waitForDownload(file::click);

        assertThat(download.suggestedFilename()).isEqualTo("Patient-1.ndjson");
        assertThat(Files.readString(download.path(), StandardCharsets.UTF_8))
                .isEqualTo(server.get("/_operations/export/" + id(job) + "/files/Patient-1.ndjson")
                        .body());
    }

    /** The export ends after its page was made, and before the page is told of changes. */
    @Test
    void aPageIsToldOfWhatHappenedBeforeItsStreamWasOpen() {
        String job = start("/$export?_type=Procedure");
        held.count(job);
        Page page = browser.page();
        page.route("**" + job + "/events", stream -> {
            held.release(job);
            new ExportClient(server).awaitEnd(server.base() + "/_operations/export/" + id(job));
            stream.resume();
        });
        try {
            browser.go(job);
            assertThat(page.locator("#head .state")).hasText("Completed");
        } finally {
            page.unroute("**" + job + "/events");
        }
    }

    @Test
    void theCauseOfAFailureIsTheFirstThingOnThePage() throws Exception {
        String job = start("/Patient/$export?_type=Condition");
        held.count(job);
        try (Stream<Path> containers = Files.list(home.resolve("blobs"))) {
            Path container = containers
                    .filter(folder -> folder.toString().endsWith(id(job)))
                    .findFirst()
                    .orElseThrow();
            FileSystemUtils.deleteRecursively(container);
        }
        held.release(job);
        Page page = browser.go("/console/jobs?state=failed");
        page.getByText("Export of all patients").first().click();

        assertThat(page.locator(".notice.bad")).isInViewport();
        assertThat(page.locator(".notice.bad .cause")).containsText("There is no container");
        browser.inspect("job-failed");
        page.getByText("start the same export again").click();
        assertThat(page.locator("#_type")).hasValue("Condition");
        assertThat(page.getByText("All patients")).isChecked();
    }

    @Test
    void jobsAreFoundByTheirRequest() {
        String job = start("/$export?_type=Immunization");
        Page page = browser.go("/console/jobs");
        page.getByRole(AriaRole.SEARCHBOX).fill("immuniz");
        button("Search").click();

        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody a")).hasAttribute("href", job);
        browser.go("/console/jobs?q=nothing-like-it");
        assertThat(page.locator(".empty")).containsText("No job is like that");
    }

    private static Locator button(String name) {
        return browser.page()
                .getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Starts an export and returns the path of its page. */
    private static String start(String path) {
        String location = new ExportClient(server)
                .kickOff(path)
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        return "/console/jobs/export/" + id(location);
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
