package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.signin.LoginProvider;
import dev.sluice.signin.PersonAtBrowser;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the HTTP API refuses to a page is in the audit log once, whatever status the page has. */
@IntegrationTest
class RefusedPagesTest {
    private static LoginProvider provider;
    private static SluiceServer server;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(
                "--sluice.security.mode=oidc",
                "--sluice.security.allow-http=true",
                "--sluice.security.oidc.issuers=" + provider.issuer(),
                "--sluice.security.oidc.audiences=api://sluice",
                "--sluice.console.oidc.issuer=" + provider.issuer(),
                "--sluice.console.oidc.client-id=" + LoginProvider.CLIENT,
                "--sluice.console.oidc.client-secret=" + LoginProvider.SECRET,
                "--sluice.security.clients." + LoginProvider.CLIENT + ".groups=cohort",
                "--sluice.role=api");
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @Test
    void anImportOfWhoMayNotImportIsRecorded() {
        PersonAtBrowser person = signIn("importer");

        HttpResponse<String> page = person.post("/console/imports?name=a.ndjson", "{}");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(refusals("importer")).containsExactly("POST /console/imports status 403");
    }

    @Test
    void anEstimateOfWhatMayNotBeExportedIsRecorded() {
        PersonAtBrowser person = signIn("estimator");

        HttpResponse<String> page = person.post("/console/exports/estimate", "level=system&_type=Patient");

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(refusals("estimator")).containsExactly("POST /console/exports/estimate status 403");
    }

    @Test
    void aPageWithTheStatusOfTheRefusalIsRecordedOnce() {
        PersonAtBrowser person = signIn("exporter");

        assertThat(person.post("/console/exports", "level=system&_type=Patient").statusCode())
                .isEqualTo(403);
        assertThat(person.open("/console/audit").statusCode()).isEqualTo(403);
        assertThat(person.open("/console/jobs").statusCode()).isEqualTo(200);

        assertThat(refusals("exporter"))
                .containsExactly("POST /console/exports status 403", "GET /console/audit status 403");
    }

    private static PersonAtBrowser signIn(String name) {
        provider.knows(name, "sluice-exporter");
        PersonAtBrowser person = new PersonAtBrowser(server);
        assertThat(person.signIn().statusCode()).isEqualTo(302);
        return person;
    }

    private static List<String> refusals(String name) {
        return server.bean(JdbcTemplate.class)
                .queryForList(
                        "select subject || ' ' || detail from audit_event where activity = 'REQUEST_REFUSED'"
                                + " and client = ? order by id",
                        String.class,
                        LoginProvider.CLIENT + " " + name);
    }
}
