package dev.sluice.export;

import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.imported;
import static dev.sluice.export.ExportSteps.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Requests for the jobs and files of other clients. To a client, they do not exist. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class OwnershipAttacksTest {
    private static final String ALL = "system/*.*";
    private static final String NOBODY = "00000000-0000-4000-8000-000000000000";

    private final Path root;
    private final SluiceServer server;
    private final SluiceServer owner;
    private final SluiceServer other;

    OwnershipAttacksTest(@TempDir Path folder) throws IOException {
        root = folder.toRealPath();
        server = KnownTokens.server("--sluice.import.root=" + root);
        owner = server.as(KnownTokens.of("owner", ALL));
        other = server.as(KnownTokens.of("other", ALL));
    }

    @BeforeAll
    void load() {
        Ward.load(owner);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void anExportOfAnotherClientDoesNotExist() {
        String job = finished(owner, "/$export?_type=Patient&allowPartialManifests=true");
        String file = manifest(owner, job).path("output").path(0).path("url").asString();
        assertThat(owner.get(file).statusCode()).isEqualTo(200);

        for (String url : List.of(job, job + "/pages/1", file)) {
            for (String method : List.of("GET", "HEAD")) {
                assertSameAsNothing(method, url, job);
            }
        }
        assertSameAsNothing("DELETE", job, job);

        assertThat(owner.get(job).statusCode()).as("the attacker's DELETE").isEqualTo(200);
        assertThat(owner.delete(job).statusCode()).isEqualTo(202);
    }

    /** A client of the same name, of another issuer, or a client of open mode, is another one. */
    @Test
    void aClientWhoseNameLooksTheSameIsAnother() {
        String job = finished(owner, "/$export?_type=Patient");

        for (String name : List.of("", " owner", "owner ", "Owner", "https://issuer.example owner", "%", "own_r")) {
            assertThat(server.as(KnownTokens.of(name, ALL)).get(job).statusCode())
                    .as(name)
                    .isEqualTo(404);
        }
        Caller elsewhere = new Caller("https://issuer.example.org", "owner", Permissions.ALL, ClientLimits.NONE);
        assertThat(server.as(KnownTokens.of(elsewhere)).get(job).statusCode()).isEqualTo(404);
        assertThat(server.as(KnownTokens.of("owner", ALL)).get(job).statusCode())
                .isEqualTo(200);
        assertThat(server.get(job).statusCode()).isEqualTo(401);
    }

    @Test
    void aTokenWithFewerScopesDoesNotSeeTheExport() {
        String job = finished(owner, "/$export?_type=Patient,Observation&_includeReferenced=Organization");
        String file = manifest(owner, job).path("output").path(0).path("url").asString();

        for (String scopes : List.of(
                "system/Patient.rs",
                "system/Patient.rs system/Observation.rs",
                "system/Patient.rs system/Observation.rs?category=laboratory system/Organization.rs",
                "system/Patient.rs system/Observation.cud system/Organization.rs")) {
            SluiceServer fewer = server.as(KnownTokens.of("owner", scopes));
            assertThat(fewer.get(job).statusCode()).as(scopes).isEqualTo(404);
            assertThat(fewer.get(file).statusCode()).as(scopes).isEqualTo(404);
            assertThat(fewer.delete(job).statusCode()).as(scopes).isEqualTo(404);
        }
        SluiceServer enough =
                server.as(KnownTokens.of("owner", "system/Patient.rs system/Observation.read system/Organization.rs"));
        assertThat(enough.get(file).statusCode()).isEqualTo(200);
        assertThat(enough.delete(job).statusCode()).isEqualTo(202);
    }

    /** Each export changes all tables of its container, so one of another client, or of less, would empty some. */
    @Test
    void tablesOfAnotherClientOrOfMoreAreNotChanged() {
        String tables = "/$export?_outputFormat=delta&_container=tables";
        String time =
                manifest(owner, finished(owner, tables)).path("transactionTime").asString();

        for (SluiceServer attacker : List.of(other, server.as(KnownTokens.of("owner", "system/Patient.rs")))) {
            List<String> refused = ExportClient.outcome(400, new ExportClient(attacker).kickOff(tables));
            assertThat(refused)
                    .singleElement()
                    .asString()
                    .contains("tables of another export")
                    .doesNotContain(time.substring(0, 10));
        }
        assertThat(manifest(owner, finished(owner, tables + "&_since=" + time)).at("/extension/tables"))
                .allMatch(table -> table.path("version").asInt() == 1);
    }

    /** What was exported with one restriction is not read with another. */
    @Test
    void aTokenWithAnotherRestrictionDoesNotSeeTheExport() {
        String scope = "system/Observation.rs?code=";
        SluiceServer both = server.as(KnownTokens.of("owner", scope + "8302-2 " + scope + "8480-6"));
        String narrow = finished(server.as(KnownTokens.of("owner", scope + "8302-2")), "/$export");
        String wide = finished(both, "/$export");
        String everything = finished(owner, "/$export");

        assertThat(both.get(narrow).statusCode()).isEqualTo(200);
        assertThat(both.get(everything).statusCode()).isEqualTo(404);
        assertThat(server.as(KnownTokens.of("owner", scope + "8302-2"))
                        .get(wide)
                        .statusCode())
                .isEqualTo(404);
        assertThat(owner.get(wide).statusCode()).isEqualTo(200);
    }

    @Test
    void anImportOfAnotherClientDoesNotExist() throws IOException {
        Path file = Files.writeString(root.resolve("bad.ndjson"), "{\"resourceType\":\"Patient\"}\n");
        String job = imported(owner, file.toUri().toString())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        await().until(() -> owner.get(job).statusCode() != 202);
        String errors = job + "/errors/1.ndjson";
        assertThat(owner.get(errors).statusCode()).isEqualTo(200);

        for (String url : List.of(job, errors)) {
            assertSameAsNothing("GET", url, job);
        }
        assertSameAsNothing("DELETE", job, job);
        assertThat(owner.get(errors).statusCode()).isEqualTo(200);
    }

    /** The same words as for a job that nobody has. */
    private void assertSameAsNothing(String method, String url, String job) {
        String id = job.substring(job.lastIndexOf('/') + 1);
        HttpResponse<String> attack = other.send(method, url, BodyPublishers.noBody());
        HttpResponse<String> nothing = other.send(method, url.replace(id, NOBODY), BodyPublishers.noBody());
        assertThat(attack.statusCode()).as(method + " " + url).isEqualTo(404);
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(attack.body().replace(id, NOBODY)).isEqualTo(nothing.body());
    }
}
