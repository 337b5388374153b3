package dev.sluice.export;

import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.imported;
import static dev.sluice.export.ExportSteps.kickOff;
import static dev.sluice.export.ExportSteps.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The events of exports and imports, and what happens if they cannot be recorded. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class AuditedExportsTest {
    private static final String VALUE = "value-of-a-search";
    private static final String FILTER = "&_typeFilter=Patient%3Fidentifier%3D" + VALUE;

    private final Path root;
    private final Path file;
    private final SluiceServer server;
    private final SluiceServer client;
    private final SluiceServer admin;
    private final String token;

    AuditedExportsTest(@TempDir Path folder) throws IOException {
        root = folder.toRealPath();
        file = root.resolve("audit.ndjson");
        server = KnownTokens.server("--sluice.import.root=" + root, "--sluice.audit.file=" + file);
        token = KnownTokens.of("lake", "system/*.*");
        client = server.as(token);
        admin = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));
    }

    @BeforeAll
    void load() {
        Ward.load(client);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void eachStepOfAnExportIsRecorded() throws IOException {
        String job = finished(client, "/$export?_type=Patient" + FILTER);
        String all = finished(client, "/Patient/$export");
        JsonNode output = manifest(client, all).path("output");
        assertThat(client.get(output.path(0).path("url").asString()).statusCode())
                .isEqualTo(200);
        assertThat(client.delete(job).statusCode()).isEqualTo(202);

        assertThat(activities(id(job)))
                .containsSubsequence("export-started", "export-ended", "manifest-given", "export-deleted");
        List<JsonNode> events = events(id(all));
        assertThat(events)
                .extracting(AuditedExportsTest::activity)
                .containsSubsequence("export-started", "export-ended", "manifest-given", "file-given");
        JsonNode given = events.get(events.size() - 1);
        assertThat(given.at("/type/code").asString()).isEqualTo("110106");
        assertThat(given.at("/outcome").asString()).isEqualTo("0");
        assertThat(given.at("/agent/0/who/identifier/system").asString()).isEqualTo("https://issuer.example");
        assertThat(given.at("/agent/0/who/identifier/value").asString()).isEqualTo("lake");
        assertThat(given.at("/agent/0/network/address").asString()).isEqualTo("127.0.0.1");
        assertThat(given.at("/entity/0/detail/0/valueString").asString())
                .isEqualTo(output.path(0).path("count").asString());
        String text = admin.get("/_audit").body();
        assertThat(text).doesNotContain(VALUE, token);
        assertThat(Files.readString(file).lines()).contains(text.lines().toArray(String[]::new));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    /** It may tell whether a patient has what the filters ask for. */
    @Test
    void anEstimateIsRecordedWithoutItsFilters() {
        assertThat(client.get("/$export-estimate?_type=Patient" + FILTER).statusCode())
                .isEqualTo(200);

        JsonNode event = events("estimate").get(0);
        assertThat(activity(event)).isEqualTo("estimate-given");
        assertThat(event.toString()).contains("everything: Patient").doesNotContain(VALUE);
    }

    /** A person who looks at the list is given nothing that opens. */
    @Test
    void aListOfFilesIsNoManifest() {
        String job = finished(client, "/$export?_type=Patient");
        long manifests = manifestsGiven(job);

        JsonNode list = FhirJson.parseObject(client.get(job + "/files").body().getBytes(StandardCharsets.UTF_8));

        assertThat(list.path("files")).hasSize(1);
        assertThat(activities(id(job))).doesNotContain("file-given");
        assertThat(client.get(list.at("/files/0/url").asString()).statusCode()).isEqualTo(200);
        assertThat(activities(id(job))).contains("file-given");
        assertThat(manifestsGiven(job)).isEqualTo(manifests);
        assertThat(server.as(KnownTokens.of("other", "system/*.*"))
                        .get(job + "/files")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aFileIsGivenOnlyIfItsEventIsInTheTableAndInTheFile() throws IOException {
        String job = finished(client, "/$export?_type=Patient");
        String url = manifest(client, job).at("/output/0/url").asString();
        Path aside = Files.move(file, root.resolve("aside.ndjson"));
        Files.createDirectory(file);
        try {
            assertThat(client.get(url).statusCode()).isEqualTo(503);
        } finally {
            Files.delete(file);
            Files.move(aside, file);
        }
        assertThat(activities(id(job))).doesNotContain("file-given");

        assertThat(client.get(url).statusCode()).isEqualTo(200);
        assertThat(activities(id(job))).contains("file-given");
    }

    private long manifestsGiven(String job) {
        return activities(id(job)).stream().filter("manifest-given"::equals).count();
    }

    @Test
    void anImportIsRecorded() throws IOException {
        Path data = Files.writeString(
                root.resolve("good.ndjson"),
                "{\"resourceType\":\"Patient\",\"id\":\"x\",\"name\":[{\"family\":\"" + VALUE + "\"}]}\n");
        String job = imported(client, data.toUri().toString())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        await().until(() -> client.get(job).statusCode() == 200);
        assertThat(client.delete(job).statusCode()).isEqualTo(202);

        assertThat(activities(id(job))).containsExactly("import-started", "import-ended", "import-deleted");
    }

    @Test
    void refusalsOfAClientAreRecordedWithoutValues() {
        SluiceServer narrow = server.as(KnownTokens.of("narrow", "system/Observation.rs"));
        assertThat(kickOff(narrow, "/$export?_type=Patient" + FILTER).statusCode())
                .isEqualTo(403);
        assertThat(narrow.get("/_audit").statusCode()).isEqualTo(403);
        assertThat(narrow.get(server.root() + "/actuator/prometheus").statusCode())
                .isEqualTo(403);

        await().until(() -> refusals("narrow").size() == 3);
        List<JsonNode> refused = refusals("narrow");
        assertThat(refused)
                .extracting(event -> event.at("/entity/0/what/identifier/value").asString())
                .containsExactly("GET /fhir/$export", "GET /fhir/_audit", "GET");
        assertThat(refused).allMatch(event -> activity(event).equals("request-refused"));
        assertThat(refused).allMatch(event -> event.path("outcome").asString().equals("4"));
    }

    @Test
    void whatCannotBeRecordedIsNotGiven() {
        String job = finished(client, "/$export?_type=Patient");
        String data = manifest(client, job).path("output").path(0).path("url").asString();
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        int jobs = count(jdbc, "select count(*) from job");
        jdbc.execute("create function fail() returns trigger language plpgsql as"
                + " $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$");
        jdbc.execute("create trigger fail before insert on audit_event for each statement execute function fail()");
        try {
            refused(kickOff(client, "/$export?_type=Patient"));
            refused(client.get(job));
            refused(client.get(data));
            refused(client.get(data, "Range", "bytes=0-10"));
            refused(client.delete(job));
            refused(client.post(
                    "/$import", "application/fhir+ndjson", "{\"resourceType\":\"Patient\",\"id\":\"y\"}\n"));
            refused(admin.get("/_audit"));
        } finally {
            jdbc.execute("drop trigger fail on audit_event");
            jdbc.execute("drop function fail");
        }
        assertThat(count(jdbc, "select count(*) from job")).isEqualTo(jobs);
        assertThat(client.get("/Patient/y").statusCode()).isEqualTo(404);
        assertThat(client.get(data).statusCode()).isEqualTo(200);
        assertThat(client.send("HEAD", data, BodyPublishers.noBody()).statusCode())
                .isEqualTo(200);
    }

    private static void refused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.body()).contains("audit log");
    }

    @Test
    void eventsSinceATimeAreGiven() {
        finished(client, "/$export?_type=Patient");
        List<JsonNode> all = lines();
        String middle = all.get(all.size() - 2).path("recorded").asString();

        HttpResponse<String> later = admin.get("/_audit?_since=" + middle);
        assertThat(later.headers().firstValue("Content-Type")).hasValue("application/fhir+ndjson");
        assertThat(parsed(later.body()))
                .extracting(event -> event.path("recorded").asString())
                .allMatch(time -> time.compareTo(middle) >= 0);
        assertThat(parsed(later.body()).size()).isLessThan(all.size());
        assertThat(admin.get("/_audit?_since=soon").statusCode()).isEqualTo(400);
    }

    @Test
    void openModeRecordsNothing() {
        try (SluiceServer open = SluiceServer.start()) {
            Ward.load(open);
            finished(open, "/$export?_type=Patient");
            assertThat(count(open.bean(JdbcTemplate.class), "select count(*) from audit_event"))
                    .isZero();
        }
    }

    private static int count(JdbcTemplate jdbc, String sql) {
        return Objects.requireNonNull(jdbc.queryForObject(sql, Integer.class));
    }

    private static String id(String url) {
        return UUID.fromString(url.substring(url.lastIndexOf('/') + 1)).toString();
    }

    private List<String> activities(String subject) {
        return events(subject).stream().map(AuditedExportsTest::activity).toList();
    }

    private List<JsonNode> events(String subject) {
        return lines().stream()
                .filter(event ->
                        event.at("/entity/0/what/identifier/value").asString("").equals(subject))
                .toList();
    }

    private List<JsonNode> refusals(String who) {
        return lines().stream()
                .filter(event ->
                        event.at("/agent/0/who/identifier/value").asString("").equals(who))
                .toList();
    }

    private List<JsonNode> lines() {
        return parsed(admin.get("/_audit").body());
    }

    private static List<JsonNode> parsed(String lines) {
        return lines.lines()
                .<JsonNode>map(line -> FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static String activity(JsonNode event) {
        return event.at("/subtype/1/code").asString();
    }
}
