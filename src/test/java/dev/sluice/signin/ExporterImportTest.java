package dev.sluice.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a person imports by the console, by role. */
@IntegrationTest
class ExporterImportTest {
    private static final String MARKED =
            "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"meta\":{\"extension\":[{\"url\":"
                    + "\"http://azurehealthcareapis.com/data-extensions/deleted-state\",\"valueString\":\"soft-deleted\"}]}}\n";
    private static final String BUNDLE =
            "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":"
                    + "{\"method\":\"DELETE\",\"url\":\"Patient/%s\"}}]}\n";

    private static LoginProvider provider;
    private static SluiceServer server;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(provider.options());
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @Test
    void anExporterDeletesByNoLine() {
        PersonAtBrowser person = person("sluice-exporter");

        String page = load(person, patient("e-1") + patient("e-2") + MARKED.formatted("e-1") + BUNDLE.formatted("e-2"));

        assertThat(page)
                .contains(
                        "<strong>2</strong> created",
                        "Line 3: The line is a deletion",
                        "Line 4: The line is a deletion");
        assertThat(deletions()).isZero();
    }

    @Test
    void anAdministratorDoes() {
        PersonAtBrowser person = person("sluice-administrator");
        long before = deletions();

        String page = load(person, patient("a-1") + patient("a-2") + MARKED.formatted("a-1") + BUNDLE.formatted("a-2"));

        assertThat(page).contains("<strong>2</strong> deleted");
        assertThat(deletions()).isEqualTo(before + 2);
    }

    private static PersonAtBrowser person(String role) {
        provider.knows(role, role);
        PersonAtBrowser person = new PersonAtBrowser(server);
        person.signIn();
        return person;
    }

    private static String load(PersonAtBrowser person, String lines) {
        return person.send(
                        "POST",
                        "/console/imports?name=patients.ndjson",
                        lines,
                        "Content-Type",
                        "application/octet-stream",
                        "Origin",
                        server.root().toString())
                .body();
    }

    private static long deletions() {
        return server.bean(JdbcClient.class)
                .sql("select count(*) from resource where superseded_at is null and deleted")
                .query(Long.class)
                .single();
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n";
    }
}
