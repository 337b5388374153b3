package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pages of the console show to whom, and whose forms they take. */
@IntegrationTest
class PageRulesTest {
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final String FORM = "application/x-www-form-urlencoded";

    private static SluiceServer server;
    private static SluiceServer one;
    private static SluiceServer other;
    private static SluiceServer viewer;

    @BeforeAll
    static void start() {
        server = KnownTokens.server("--sluice.web.cors.allowed-origins=*", "--sluice.role=api");
        one = server.as(KnownTokens.of("one", "system/*.rs"));
        other = server.as(KnownTokens.of("other", "system/*.rs"));
        viewer = server.as(
                KnownTokens.of("viewer", new Permissions(List.of(), EnumSet.of(Operation.VIEW)), ClientLimits.NONE));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"*/*", "application/json", "application/fhir+json"})
    void aProgramGetsJsonAtTheRoot(String accept) {
        HttpResponse<String> root = one.get(server.root() + "/", "Accept", accept);

        assertThat(root.statusCode()).isEqualTo(200);
        assertThat(root.body()).contains("\"fhirBase\"");
    }

    @Test
    void aBrowserIsLedToTheConsole() {
        HttpResponse<String> root = one.get(server.root() + "/", "Accept", BROWSER);

        assertThat(root.statusCode()).isEqualTo(302);
        assertThat(root.headers().firstValue("Location")).hasValue(server.root() + "/console/jobs");
    }

    @Test
    void everyPageForbidsWhatIsNotOfThisServer() {
        for (String path : List.of("/console/jobs", "/console/exports/new", "/console/nothing")) {
            HttpResponse<String> page = one.get(server.root() + path, "Accept", BROWSER);

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
        String page = one.get(server.root() + "/console/jobs").body();
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
    void aJobIsShownToItsClientAndToViewers() {
        String path = "/console/jobs/export/" + kickOff();

        assertThat(get(one, path).body()).contains("Export of all data", "/delete");
        assertThat(get(other, path).statusCode()).isEqualTo(404);
        assertThat(get(viewer, path).body()).contains("Export of all data").doesNotContain("/delete");
        assertThat(get(other, "/console/jobs").body()).contains("There is no job yet");
        assertThat(get(viewer, "/console/jobs").body()).contains(path);
    }

    @Test
    void whoMayNotExportIsToldWhatIsMissing() {
        HttpResponse<String> form = get(viewer, "/console/exports/new");

        assertThat(form.statusCode()).isEqualTo(403);
        assertThat(form.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(form.body()).contains("You may not do this", "permission to export");
        assertThat(get(viewer, "/console/jobs").body()).doesNotContain("/console/exports/new");
    }

    /** Neither the client nor the permissions of the page's caller are lost on the way to the API. */
    @Test
    void aFormDoesNoMoreThanItsCallerMay() {
        String id = kickOff();

        assertThat(post(
                                other,
                                "/console/jobs/export/" + id + "/delete",
                                server.root().toString())
                        .statusCode())
                .isEqualTo(404);
        assertThat(post(
                                viewer,
                                "/console/jobs/export/" + id + "/delete",
                                server.root().toString())
                        .statusCode())
                .isEqualTo(403);
        assertThat(post(
                                one,
                                "/console/jobs/export/" + id + "/delete",
                                server.root().toString())
                        .statusCode())
                .isEqualTo(302);
        assertThat(get(one, "/console/jobs/export/" + id).statusCode()).isEqualTo(404);
    }

    /** Whatever origins may use the API. */
    @Test
    void aFormOfAnotherOriginIsRefused() {
        String id = kickOff();
        for (String origin : List.of("https://evil.example", "null", "http://localhost:1")) {
            HttpResponse<String> refused = post(one, "/console/jobs/export/" + id + "/delete", origin);

            assertThat(refused.statusCode()).as(origin).isEqualTo(403);
            assertThat(refused.body()).contains("was not sent by a page of this console");
        }
        assertThat(one.post(server.root() + "/console/jobs/export/" + id + "/delete", FORM, "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(one, "/console/jobs/export/" + id).statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsNotKnownSeesNothing() {
        HttpResponse<String> page = get(server, "/console/jobs");

        assertThat(page.statusCode()).isIn(302, 401);
        assertThat(page.body()).doesNotContain("Export of");
    }

    private static String kickOff() {
        String location = new ExportClient(one)
                .kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private static HttpResponse<String> get(SluiceServer client, String path) {
        return client.get(server.root() + path, "Accept", BROWSER);
    }

    private static HttpResponse<String> post(SluiceServer client, String path, String origin) {
        return client.post(server.root() + path, FORM, "", "Origin", origin);
    }
}
