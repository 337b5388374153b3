package dev.sluice.export;

import static dev.sluice.export.Disclosed.CERTAIN;
import static dev.sluice.export.Disclosed.POSSIBLE;
import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.kickOff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.audit.Actor;
import dev.sluice.disclosure.Disclosure;
import dev.sluice.disclosure.Disclosures;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The records of whose data was exported: how long they are kept, who reads them, and what happens without them. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DisclosureRecordsTest {
    private static final String EXPORT = "/Group/only-ann/$export?_type=Patient";

    private final Path home;
    private final SluiceServer server;
    private final SluiceServer client;
    private final SluiceServer admin;
    private final JdbcTemplate jdbc;

    DisclosureRecordsTest(@TempDir Path folder) throws IOException {
        home = folder.toRealPath();
        server = KnownTokens.server("--sluice.home=" + home);
        client = server.as(KnownTokens.of("lake", "system/*.*"));
        admin = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));
        jdbc = server.bean(JdbcTemplate.class);
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
    void anExportIsToldAsAnAuditEvent() {
        String job = finished(client, EXPORT);
        JsonNode event = last();

        assertThat(job).endsWith(event.path("id").asString());
        assertThat(event.path("resourceType").asString()).isEqualTo("AuditEvent");
        assertThat(event.at("/type/code").asString()).isEqualTo("110106");
        assertThat(event.at("/subtype/1/code").asString()).isEqualTo("patient-exported");
        assertThat(event.at("/outcome").asString()).isEqualTo("0");
        assertThat(event.at("/agent/0/who/identifier/system").asString()).isEqualTo("https://issuer.example");
        assertThat(event.at("/agent/0/who/identifier/value").asString()).isEqualTo("lake");
        assertThat(event.at("/entity/0/what/reference").asString()).isEqualTo("Patient/ann");
        assertThat(event.at("/entity/0/description").asString()).isEqualTo("was included");
        assertThat(Disclosed.detail(event, 1, "scope")).isEqualTo("Group/only-ann");
        assertThat(Disclosed.detail(event, 1, "types")).isEqualTo("Patient");
        assertThat(Disclosed.detail(event, 1, "transactionTime"))
                .isEqualTo(ExportSteps.manifest(client, job)
                        .path("transactionTime")
                        .asString());
    }

    private JsonNode last() {
        List<JsonNode> events = Disclosed.of(admin, "ann");
        return events.get(events.size() - 1);
    }

    @Test
    void theRecordRemainsWhenTheJobIsDeletedOrExpires() {
        String deleted = finished(client, EXPORT);
        assertThat(client.delete(deleted).statusCode()).isEqualTo(202);
        String expired = finished(client, EXPORT);
        jdbc.update("update job set expires_at = now() - interval '1 day' where status = 'COMPLETED'");

        await().until(() ->
                jdbc.queryForList("select from job where status <> 'COMPLETED'").isEmpty()
                        && client.get(expired).statusCode() == 404);
        for (String job : List.of(deleted, expired)) {
            assertThat(Disclosed.in(admin, job, "ann")).isEqualTo(CERTAIN);
        }
        assertThat(last().path("outcome").asString()).isEqualTo("0");
    }

    /** Not even a page of it, nor a file. */
    @ParameterizedTest
    @ValueSource(strings = {"disclosure", "disclosed_patients"})
    void withoutTheRecordThereIsNoManifest(String table) throws IOException {
        jdbc.execute("create function fail() returns trigger language plpgsql as"
                + " $$ begin raise exception 'no record'; end $$");
        jdbc.execute("create trigger fail before insert on " + table + " for each statement execute function fail()");
        try {
            HttpResponse<String> kickOff = kickOff(client, EXPORT + "&allowPartialManifests=true");
            String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
            HttpResponse<String> end = new ExportClient(client).awaitEnd(job);

            assertThat(end.statusCode()).as(end.body()).isEqualTo(500);
            assertThat(end.body()).doesNotContain(".ndjson");
            assertThat(client.get(job + "/pages/1").body()).doesNotContain(".ndjson");
            String id = job.substring(job.lastIndexOf('/') + 1);
            try (Stream<Path> files = Files.walk(home)) {
                assertThat(files.filter(path ->
                                path.toString().contains(id) && path.toString().contains("ndjson")))
                        .isEmpty();
            }
            assertThat(jdbc.queryForList("select from work_unit where job_id = ?::uuid", id))
                    .isEmpty();
            assertThat(Disclosed.in(admin, job, "ann")).isEqualTo(Disclosed.NOT);
        } finally {
            jdbc.execute("drop trigger fail on " + table);
            jdbc.execute("drop function fail");
        }
    }

    @Test
    void onlyWhoMayAdministerIsTold() {
        finished(client, EXPORT);

        assertThat(client.get("/_disclosures?patient=ann").statusCode()).isEqualTo(403);
        assertThat(server.get("/_disclosures?patient=ann").statusCode()).isEqualTo(401);
        assertThat(server.as("made-up").get("/_disclosures?patient=ann").statusCode())
                .isEqualTo(401);
    }

    @Test
    void aQuestionIsRecordedBeforeItIsAnswered() {
        Disclosed.of(admin, "bob");
        List<JsonNode> read = Disclosed.parsed(admin.get("/_audit").body()).stream()
                .filter(event -> event.at("/subtype/1/code").asString().equals("disclosures-read"))
                .toList();
        assertThat(read)
                .extracting(event -> event.at("/entity/0/what/identifier/value").asString())
                .contains("Patient/bob");

        jdbc.execute("create function fail() returns trigger language plpgsql as"
                + " $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$");
        jdbc.execute("create trigger fail before insert on audit_event for each statement execute function fail()");
        try {
            assertThat(admin.get("/_disclosures?patient=ann").statusCode()).isEqualTo(503);
        } finally {
            jdbc.execute("drop trigger fail on audit_event");
            jdbc.execute("drop function fail");
        }
    }

    @Test
    void aQuestionNamesOnePatient() {
        finished(client, EXPORT);

        assertThat(Disclosed.of(admin, "Patient/ann")).isEqualTo(Disclosed.of(admin, "ann"));
        assertThat(Disclosed.of(admin, "unknown")).isEmpty();
        assertThat(admin.get("/_disclosures").statusCode()).isEqualTo(400);
        assertThat(admin.get("/_disclosures?patient=").statusCode()).isEqualTo(400);
        assertThat(admin.get("/_disclosures?patient=Group/x").statusCode()).isEqualTo(400);
        assertThat(admin.get("/_disclosures?patient=a'--").statusCode()).isEqualTo(400);
        assertThat(admin.get("/_disclosures?patient=ann&_since=soon").statusCode())
                .isEqualTo(400);
    }

    @Test
    void exportsSinceATimeAreTold() {
        finished(client, EXPORT);
        String time = last().path("recorded").asString();
        String later = finished(client, EXPORT);

        List<JsonNode> since = Disclosed.parsed(
                admin.get("/_disclosures?patient=ann&_since=" + time).body());
        assertThat(since)
                .extracting(event -> event.path("recorded").asString())
                .allMatch(at -> at.compareTo(time) >= 0);
        assertThat(later).endsWith(since.get(since.size() - 1).path("id").asString());
        assertThat(since).hasSizeLessThan(Disclosed.of(admin, "ann").size());
    }

    /** Before the export has ended, and after it has failed. */
    @Test
    void howAnExportEndedIsTold() {
        assertThat(outcome(null)).isEqualTo("The export has not ended, or was deleted before its end.");
        assertThat(outcome(0)).isEqualTo("The export was completed.");
        assertThat(outcome(8)).isEqualTo("The export failed.");
    }

    private String outcome(@Nullable Integer ended) {
        UUID job = UUID.randomUUID();
        record(job, false);
        if (ended != null) {
            end(job, ended);
        }
        return last().path("outcomeDesc").asString();
    }

    private void end(UUID job, int outcome) {
        jdbc.update(
                "insert into audit_event (activity, outcome, subject) values ('EXPORT_ENDED', ?, ?)",
                outcome,
                job.toString());
    }

    @Test
    void aRepeatedPlanningIsOneRecord() {
        UUID job = UUID.randomUUID();
        record(job, true);
        record(job, true);
        end(job, 0);

        assertThat(Disclosed.in(admin, job.toString(), "ann")).isEqualTo(CERTAIN);
    }

    /** Its client may have read a part of it, or nothing. */
    @Test
    void ofAnExportThatWasNotCompletedNothingIsCertain() {
        UUID open = UUID.randomUUID();
        UUID failed = UUID.randomUUID();
        record(open, true);
        record(failed, true);
        end(failed, 8);

        assertThat(Disclosed.in(admin, open.toString(), "ann")).isEqualTo(POSSIBLE);
        assertThat(Disclosed.in(admin, failed.toString(), "ann")).isEqualTo(POSSIBLE);
    }

    private void record(UUID job, boolean listed) {
        Integer ann = jdbc.queryForObject("select number from patient_number where patient_id = 'ann'", Integer.class);
        Disclosure.Content content = new Disclosure.Content("everything", null, List.of(), null);
        Disclosure export = new Disclosure(job, Actor.owner("a b"), Instant.EPOCH, null, content, true, listed);
        server.bean(Disclosures.class).record(export, taker -> taker.take(new Integer[] {ann}, true));
    }

    @Test
    void openModeRecordsNothingAndSaysSo() {
        try (SluiceServer open = SluiceServer.start()) {
            Ward.load(open);
            finished(open, EXPORT);
            assertThat(open.bean(JdbcTemplate.class).queryForList("select from disclosure"))
                    .isEmpty();
            HttpResponse<String> response = open.get("/_disclosures?patient=ann");
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("does not record");
        }
    }
}
