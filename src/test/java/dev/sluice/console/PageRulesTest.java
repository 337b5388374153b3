package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.signin.LoginProvider;
import dev.sluice.signin.PersonAtBrowser;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** What the pages of the console show to whom, and whose forms they take. */
@IntegrationTest
class PageRulesTest {
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String FORM = "application/x-www-form-urlencoded";

    private static LoginProvider provider;
    private static SluiceServer server;
    private static PersonAtBrowser one;
    private static PersonAtBrowser other;
    private static PersonAtBrowser viewer;
    private static PersonAtBrowser administrator;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(Stream.concat(
                        Stream.of(provider.options()),
                        Stream.of("--sluice.web.cors.allowed-origins=*", "--sluice.role=api"))
                .toArray(String[]::new));
        one = signIn("one", "sluice-exporter");
        other = signIn("other", "sluice-exporter");
        viewer = signIn("viewer", "sluice-viewer");
        administrator = signIn("administrator", "sluice-administrator");
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @Test
    void onlyAnAdministratorRunsTheChecks() throws IOException {
        assertThat(viewer.open("/console/health").body()).doesNotContain("Run the checks");
        assertThat(viewer.post("/console/health/checks", "").statusCode()).isEqualTo(403);
        assertThat(administrator.open("/console/health").body()).contains("Run the checks");
    }

    @ParameterizedTest
    @CsvSource({"*/*", "application/json", "application/fhir+json"})
    void aProgramGetsJsonAtTheRoot(String accept) {
        HttpResponse<String> root = server.get(server.root() + "/", "Accept", accept);

        assertThat(root.statusCode()).isEqualTo(200);
        assertThat(root.body()).contains("\"fhirBase\"");
    }

    @Test
    void noValueOfAFeedIsShownToAnAdministrator() {
        HttpResponse<String> defined = one.post(
                "/console/feeds",
                "name=discreet&cron=0+0+2+*+*+*&zone=UTC&retention=7d"
                        + "&export=Patient/%24export%3F_type%3DPatient%26_typeFilter%3DPatient%253Fname%253DSecret");
        assertThat(defined.statusCode()).as(defined.body()).isEqualTo(302);

        assertThat(one.open("/console/feeds/discreet").body()).contains("Secret");
        for (String path : List.of("/console/feeds", "/console/feeds/discreet")) {
            assertThat(administrator.open(path).body())
                    .contains("discreet", "Patient/$export")
                    .doesNotContain("Secret");
        }
    }

    @Test
    void aBrowserIsLedToTheConsole() {
        HttpResponse<String> root = server.get(server.root() + "/", "Accept", BROWSER);

        assertThat(root.statusCode()).isEqualTo(302);
        assertThat(root.headers().firstValue("Location")).hasValue(server.root() + "/console/jobs");
    }

    @Test
    void everyPageForbidsWhatIsNotOfThisServer() {
        for (String path : List.of("/console/jobs", "/console/exports/new", "/console/nothing")) {
            HttpResponse<String> page = one.open(path);

            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; script-src 'self';")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(page.body())
                    .doesNotContain("https://")
                    .doesNotContain("<style")
                    .doesNotContain("style=\"");
        }
    }

    @Test
    void filesOfThePagesAreKeptByTheBrowserAndNothingElseIsServed() {
        String page = one.open("/console/jobs").body();
        int start = page.indexOf("/console/assets/");
        String style = page.substring(start, page.indexOf('/', start + "/console/assets/".length()));

        assertThat(server.get(server.root() + style + "/console.css").headers().firstValue("Cache-Control"))
                .hasValue("max-age=31536000, public, immutable");
        for (String name : List.of("application.yaml", "..%2Fapplication.yaml", "layout.html")) {
            assertThat(server.get(server.root() + style + "/" + name).statusCode())
                    .as(name)
                    .isIn(400, 404);
        }
    }

    @Test
    void whoeverMaySeeAJobSeesItsStateAndOnlyItsOwnerMore() {
        String path = "/console/jobs/export/" + kickOff();

        assertThat(one.open(path).body()).contains("Export of all data", path + "/delete");
        assertThat(one.open(path + "/files").statusCode()).isEqualTo(200);
        for (PersonAtBrowser person : List.of(other, viewer)) {
            assertThat(person.open("/console/jobs").body()).contains(path);
            assertThat(person.open(path).body()).contains("Export of all data").doesNotContain("/delete", "/pause");
            assertThat(person.open(path + "/files").statusCode()).isIn(403, 404);
        }
    }

    @Test
    void noValueOfARequestIsShownToOthersAndNoSearchFindsOne() {
        HttpResponse<String> started =
                one.post("/console/exports", "level=patient&_type=Patient&_typeFilter=Patient%3Fname%3DSecret");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(302);
        String location = started.headers().firstValue("Location").orElseThrow();
        String path = location.substring(location.indexOf("/console/"));

        assertThat(one.open(path).body()).contains("Secret", "id=\"copy\"");
        assertThat(one.open("/console/jobs?q=SECRET").body()).contains(path);
        for (PersonAtBrowser person : List.of(other, viewer, administrator)) {
            assertThat(person.open("/console/jobs").body()).contains(path).doesNotContain("Secret");
            assertThat(person.open(path).body())
                    .contains("Export of all patients", "(1 not shown)")
                    .doesNotContain("Secret", "id=\"copy\"");
            assertThat(person.open("/console/jobs?q=Secret").body()).doesNotContain(path);
            HttpResponse<String> copy =
                    person.open(path.replace("/console/jobs/export/", "/console/exports/new?copy="));
            assertThat(copy.statusCode()).isEqualTo(person == viewer ? 403 : 404);
            assertThat(copy.body()).doesNotContain("Secret");
        }
    }

    @Test
    void whoMayNotExportIsToldWhatIsMissing() {
        HttpResponse<String> form = viewer.open("/console/exports/new");

        assertThat(form.statusCode()).isEqualTo(403);
        assertThat(form.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(form.body()).contains("You may not do this", "permission to export");
        assertThat(viewer.open("/console/jobs").body()).doesNotContain("/console/exports/new");
    }

    @Test
    void anAdministratorPausesResumesAndCancelsTheJobsOfOthers() {
        String path = "/console/jobs/export/" + kickOff();

        assertThat(administrator.open(path).body()).contains(path + "/pause", path + "/delete");
        assertThat(viewer.post(path + "/pause", "").statusCode()).isEqualTo(403);
        assertThat(other.post(path + "/pause", "").statusCode()).isEqualTo(404);
        assertThat(administrator.post(path + "/pause", "").statusCode()).isEqualTo(302);
        assertThat(one.open(path).body()).contains("Paused");
        assertThat(administrator.open(path).body()).contains(path + "/resume");
        assertThat(administrator.post(path + "/resume", "").statusCode()).isEqualTo(302);
        assertThat(administrator.open(path + "/files").statusCode()).isEqualTo(404);
        assertThat(administrator.open(path + "/delete").body()).contains("Cancel this job?", "one");
        assertThat(administrator.post(path + "/delete", "").statusCode()).isEqualTo(302);
        assertThat(one.open(path).statusCode()).isEqualTo(404);
        assertThat(administrator.open("/console/audit?activity=export-paused").body())
                .contains("of " + provider.issuer());
    }

    /** Neither the client nor the permissions of the page's caller are lost on the way to the API. */
    @Test
    void aFormDoesNoMoreThanItsCallerMay() {
        String id = kickOff();

        assertThat(other.post("/console/jobs/export/" + id + "/delete", "").statusCode())
                .isEqualTo(404);
        assertThat(viewer.post("/console/jobs/export/" + id + "/delete", "").statusCode())
                .isEqualTo(403);
        assertThat(one.post("/console/jobs/export/" + id + "/delete", "").statusCode())
                .isEqualTo(302);
        assertThat(one.open("/console/jobs/export/" + id).statusCode()).isEqualTo(404);
    }

    /** Whatever origins may use the API. */
    @Test
    void aFormOfAnotherOriginIsRefused() {
        String id = kickOff();
        for (String origin : List.of("https://evil.example", "null", "http://localhost:1")) {
            HttpResponse<String> refused = one.send(
                    "POST", "/console/jobs/export/" + id + "/delete", "a=b", "Content-Type", FORM, "Origin", origin);

            assertThat(refused.statusCode()).as(origin).isEqualTo(403);
            assertThat(refused.body()).contains("was not sent by a page of this console");
        }
        assertThat(one.send("POST", "/console/jobs/export/" + id + "/delete", "a=b", "Content-Type", FORM)
                        .statusCode())
                .isEqualTo(403);
        assertThat(one.open("/console/jobs/export/" + id).statusCode()).isEqualTo(200);
    }

    /** The script of the page shows a form that comes with this status, and none that comes with another error. */
    @Test
    void whatIsWrongWithAFormComesWithTheFormAndStatus400() {
        HttpResponse<String> estimate = one.post("/console/exports/estimate", "level=group&group=nothing");
        HttpResponse<String> feed = one.post("/console/feeds", "export=%24export&cron=0+0+2+*+*+*");

        assertThat(estimate.statusCode()).isEqualTo(400);
        assertThat(estimate.body()).contains("id=\"export\"", "nothing");
        assertThat(feed.statusCode()).isEqualTo(400);
        assertThat(feed.body()).contains("name is missing");
    }

    /** Behind a proxy that has the console below a path, a path that the template engine does not make leads elsewhere. */
    @Test
    void theTemplateEngineMakesAllPathsOfRequestsByScripts() throws IOException {
        Pattern plain =
                Pattern.compile("(?<!th:)(hx-get|hx-post|sse-connect|data-rates|data-import)=[\"$'/](?!.*\\? @\\{)");
        Resource[] templates =
                new PathMatchingResourcePatternResolver().getResources("classpath:/templates/console/*.html");

        assertThat(templates).hasSizeGreaterThan(10);
        for (Resource template : templates) {
            assertThat(template.getContentAsString(StandardCharsets.UTF_8)
                            .lines()
                            .filter(plain.asPredicate()))
                    .as(template.getFilename())
                    .isEmpty();
        }
    }

    @Test
    void whoIsNotKnownSeesNothing() {
        HttpResponse<String> page = new PersonAtBrowser(server).open("/console/jobs");

        assertThat(page.statusCode()).isIn(302, 401);
        assertThat(page.body()).doesNotContain("Export of");
    }

    private static PersonAtBrowser signIn(String name, String role) {
        provider.knows(name, role);
        PersonAtBrowser person = new PersonAtBrowser(server);
        person.signIn();
        return person;
    }

    /** Has the first person start an export, and returns the id of the job. */
    private static String kickOff() {
        String location = one.post("/console/exports", "level=system")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
