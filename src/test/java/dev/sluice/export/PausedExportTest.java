package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The list of jobs, what is said of each of them, and their pauses, as clients see them. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class PausedExportTest {
    private static final String ALL = "system/*.*";

    private final Path root;
    private final SluiceServer server;
    private final SluiceServer owner;
    private final SluiceServer other;
    private final SluiceServer administrator;
    private final HeldUnits units;

    PausedExportTest(@TempDir Path folder) throws Exception {
        root = folder.toRealPath();
        server = KnownTokens.server("--sluice.import.root=" + root, "--sluice.export.file-size=1KB");
        owner = server.as(KnownTokens.of("owner", ALL));
        other = server.as(KnownTokens.of("other", ALL));
        administrator = server.as(KnownTokens.of("chief", permissions(Operation.ADMINISTER), ClientLimits.NONE));
        units = HeldUnits.of(server);
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
    void anExportIsPausedAndResumed() {
        String job = started("/$export?_type=Patient");
        int count = units.count(job);

        HttpResponse<String> paused = post(owner, job + "/$pause");
        assertThat(paused.statusCode()).isEqualTo(202);
        assertThat(paused.headers().firstValue("X-Progress").orElseThrow())
                .matches(".*paused since 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(post(owner, job + "/$pause").statusCode()).isEqualTo(200);
        units.release(job);
        assertThat(owner.get(job).statusCode()).isEqualTo(202);
        JsonNode details = json(owner.get(job + "/details"));
        assertThat(details.at("/job/state").asString()).isEqualTo("paused");
        assertThat(details.at("/job/unitsDone").asInt()).isZero();
        assertThat(details.at("/waiting/kind").asString()).isEqualTo("paused");

        assertThat(post(owner, job + "/$resume").statusCode()).isEqualTo(202);
        assertThat(post(owner, job + "/$resume").statusCode()).isIn(200, 409);
        assertThat(new ExportClient(owner).awaitEnd(job).statusCode()).isEqualTo(200);

        assertThat(ExportClient.outcome(409, post(owner, job + "/$pause")))
                .singleElement()
                .asString()
                .contains("has ended");
        JsonNode end = json(owner.get(job + "/details"));
        assertThat(end.at("/job/state").asString()).isEqualTo("completed");
        assertThat(end.at("/job/progress/percent").asInt()).isEqualTo(100);
        assertThat(end.at("/job/doneRows").asLong())
                .isEqualTo(end.at("/job/totalRows").asLong())
                .isEqualTo(end.at("/job/writtenRows").asLong())
                .isPositive();
        assertThat(end.at("/types").toString()).contains("\"type\":\"Patient\"");
        assertThat(end.path("events").findValuesAsString("change"))
                .containsSubsequence("accepted", "planned", "paused", "resumed", "completed");
        JsonNode page = json(owner.get(job + "/units?count=1"));
        assertThat(page.at("/units/0/state").asString()).isEqualTo("done");
        assertThat(page.at("/units/0/tries").asInt()).isEqualTo(1);
        assertThat(page.path("next").isNull()).isEqualTo(count == 1);
    }

    @Test
    void anImportIsPausedAndResumed() throws Exception {
        Path file = Files.writeString(
                root.resolve("p.ndjson"), "{\"resourceType\":\"Basic\",\"id\":\"b\",\"code\":{\"text\":\"x\"}}\n");
        HttpResponse<String> kickOff = owner.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueCode\":"
                        + "\"Basic\"},{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        units.count(job);

        assertThat(post(owner, job + "/$pause").statusCode()).isEqualTo(202);
        assertThat(post(other, job + "/$pause").statusCode()).isEqualTo(404);
        assertThat(json(owner.get(job + "/details")).at("/job/state").asString())
                .isEqualTo("paused");
        assertThat(post(owner, job + "/$resume").statusCode()).isEqualTo(202);
        units.release(job);

        await().until(() -> owner.get(job).statusCode() == 200);
        JsonNode end = json(owner.get(job + "/details"));
        assertThat(end.at("/job/writtenRows").asInt()).isEqualTo(1);
        assertThat(end.at("/job/request/parameters/input/0").asString())
                .isEqualTo(file.toUri().toString());
    }

    @Test
    void anAdministratorPausesResumesAndCancelsTheExportOfAClient() {
        String job = started("/$export?_type=Patient");

        assertThat(post(administrator, job + "/$pause").statusCode()).isEqualTo(202);
        assertThat(json(owner.get(job + "/details")).at("/job/state").asString())
                .isEqualTo("paused");
        assertThat(post(administrator, job + "/$resume").statusCode()).isEqualTo(202);
        assertThat(administrator.get(job).statusCode()).isIn(403, 404);
        assertThat(other.delete(job).statusCode()).isEqualTo(404);
        assertThat(administrator.delete(job).statusCode()).isEqualTo(202);
        assertThat(owner.get(job).statusCode()).isEqualTo(404);
        assertThat(administrator.delete(job).statusCode()).isEqualTo(404);
    }

    @Test
    void aClientSeesItsOwnJobsAndAnAdministratorThoseOfAllWithoutTheirData() {
        String job = started("/Patient/$export?_type=Patient&_typeFilter=Patient%3Fname%3DSecret");
        String id = job.substring(job.lastIndexOf('/') + 1);

        assertThat(ids(owner, "?q=" + id)).containsExactly(id);
        assertThat(ids(owner, "?kind=export&state=running,accepted&q=SECRET")).containsExactly(id);
        assertThat(ids(owner, "?kind=import&q=" + id)).isEmpty();
        assertThat(ids(other, "?q=" + id)).isEmpty();
        assertThat(ids(administrator, "?q=" + id)).containsExactly(id);
        assertThat(ids(administrator, "?q=SECRET")).isEmpty();
        assertThat(owner.get("/_operations?q=" + id).body()).contains("Secret");
        assertThat(administrator.get("/_operations?q=" + id).body())
                .doesNotContain("Secret")
                .contains("(1 not shown)", "all patients: Patient");
        assertThat(administrator.get(job + "/details").body()).doesNotContain("Secret");

        assertThat(other.get("/_operations?owner=x").statusCode()).isEqualTo(403);
        for (String path : List.of("/details", "/units")) {
            assertThat(other.get(job + path).statusCode()).isEqualTo(404);
        }
        assertThat(post(other, job + "/$pause").statusCode()).isEqualTo(404);
        assertThat(post(other, job + "/$resume").statusCode()).isEqualTo(404);
        assertThat(owner.delete(job).statusCode()).isEqualTo(202);
        assertThat(post(owner, job + "/$pause").statusCode()).isEqualTo(404);
    }

    @Test
    void aWrongParameterIsRefusedWithWhatIsAllowed() {
        for (String query : List.of("state=done", "kind=exports", "count=0", "count=201", "count=x", "cursor=x")) {
            assertThat(owner.get("/_operations?" + query).statusCode())
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(owner.get("/_operations?state=done").body()).contains("accepted, running, paused");
        assertThat(server.get("/_operations").statusCode()).isEqualTo(401);
        assertThat(owner.get("/_operations/export/x/details").statusCode()).isEqualTo(404);
        SluiceServer writer = server.as(KnownTokens.of("writer", permissions(), ClientLimits.NONE));
        assertThat(writer.get("/_operations").statusCode()).isEqualTo(403);
    }

    private static Permissions permissions(Operation... operations) {
        return new Permissions(List.of(), Set.of(operations));
    }

    private String started(String path) {
        return new ExportClient(owner)
                .kickOff(path)
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
    }

    private static HttpResponse<String> post(SluiceServer client, String path) {
        return client.post(path, "application/json", "");
    }

    private static List<String> ids(SluiceServer client, String query) {
        return json(client.get("/_operations" + query)).path("jobs").findValuesAsString("id");
    }

    private static ObjectNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
