package dev.sluice.feed;

import static dev.sluice.feed.FeedAccessTest.define;
import static dev.sluice.feed.FeedAccessTest.definition;
import static dev.sluice.feed.FeedAccessTest.json;
import static dev.sluice.feed.FeedAccessTest.registered;
import static dev.sluice.feed.FeedAccessTest.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.node.ObjectNode;

/** What an administrator sees of the feeds of others, and changes in them. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FeedAdministratorTest {
    private final SluiceServer server = KnownTokens.server();

    @AfterAll
    void stop() {
        server.close();
    }

    /** Otherwise the next run would have all that the administrator may export. */
    @Test
    void aFeedThatAnAdministratorChangesKeepsItsOwner() {
        SluiceServer owner = registered(server, "kept", "system/Patient.rs");
        define(owner, "kept", "$export");
        run(owner, "kept");
        String before = json(owner.get("/_feeds/kept")).path("owner").asString();
        SluiceServer administrator = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));

        HttpResponse<String> changed = administrator.put(
                "/_feeds/kept", "application/json", "{\"export\":\"$export\",\"cron\":\"0 0 3 * * *\"}");

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        ObjectNode feed = json(owner.get("/_feeds/kept"));
        assertThat(feed.path("owner").asString()).isEqualTo(before);
        assertThat(feed.path("cron").asString()).isEqualTo("0 0 3 * * *");
        run(owner, "kept");
        assertThat(json(owner.get("/_feeds/kept")).path("lastRun").path("kind").asString())
                .isEqualTo("delta");
        assertThat(administrator
                        .put("/_feeds/kept", "application/json", definition("$export?_type=Basic"))
                        .statusCode())
                .as("more than its owner may export")
                .isEqualTo(403);
    }

    /** As of jobs: their values may be data of patients. */
    @Test
    void anAdministratorSeesNoValueOfAFeedAndChangesNone() {
        SluiceServer owner = registered(server, "discreet", "system/Patient.rs");
        String export = "Patient/$export?_type=Patient&_typeFilter=Patient%3Fname%3DSecret";
        define(owner, "discreet", export);
        run(owner, "discreet");
        SluiceServer administrator = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));

        ObjectNode seen = json(administrator.get("/_feeds/discreet"));
        assertThat(seen.path("export").asString()).isEqualTo("Patient/$export");
        assertThat(administrator.get("/_feeds").body()).contains("discreet").doesNotContain("Secret");
        assertThat(json(owner.get("/_feeds/discreet")).path("export").asString())
                .isEqualTo(export);
        for (String other : List.of(export, "Patient/$export?_type=Patient", "$export")) {
            assertThat(ExportClient.outcome(
                                    403, administrator.put("/_feeds/discreet", "application/json", definition(other)))
                            .toString())
                    .contains("belongs to another client", "Write 'Patient/$export'")
                    .doesNotContain("Secret");
        }
        HttpResponse<String> changed = administrator.put(
                "/_feeds/discreet", "application/json", "{\"export\":\"Patient/$export\",\"cron\":\"0 0 3 * * *\"}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(changed.body()).doesNotContain("Secret");
        ObjectNode kept = json(owner.get("/_feeds/discreet"));
        assertThat(kept.path("export").asString()).isEqualTo(export);
        assertThat(kept.path("cron").asString()).isEqualTo("0 0 3 * * *");
        run(owner, "discreet");
        assertThat(json(owner.get("/_feeds/discreet"))
                        .path("lastRun")
                        .path("kind")
                        .asString())
                .isEqualTo("delta");
    }
}
