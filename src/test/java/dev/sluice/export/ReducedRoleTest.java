package dev.sluice.export;

import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.imported;
import static dev.sluice.export.ExportSteps.kickOff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SeparateRoles;
import dev.sluice.SluiceServer;
import dev.sluice.oauth.ClientRegistry;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Permissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** A server whose role owns no table, and may only read and write rows. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class ReducedRoleTest {
    private final SeparateRoles roles = SeparateRoles.create();

    @TempDir
    private Path folder;

    @AfterAll
    void drop() {
        roles.close();
    }

    @Test
    void exportsImportsAndTheAuditNeedNoMore(CapturedOutput log) throws IOException {
        try (SluiceServer server = start(roles.migrating())) {
            SluiceServer client = server.as(KnownTokens.of("lake", "system/*.*"));
            Ward.load(client);
            Ward.load(client, manyLines());
            importsAFile(client);
            exports(client);
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            exports(client);
            maintains(server, jdbc);
            exports(client);
            assertThat(server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE))
                            .get("/_audit")
                            .body())
                    .contains("export-started", "export-ended", "file-given", "import-ended", "export-deleted");
            assertThat(server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE))
                            .get("/_disclosures?patient=ann")
                            .body())
                    .contains("patient-exported");
        }
        assertThat(log.getAll()).doesNotContain("permission denied", "must be owner", "could still change");
        changesNothingElse();
    }

    /** As many as are sealed. */
    private static String manyLines() {
        return IntStream.range(0, 150)
                .mapToObj(i -> "{\"resourceType\":\"Basic\",\"id\":\"b" + i + "\",\"code\":{\"text\":\"x\"}}\n")
                .collect(Collectors.joining());
    }

    private void importsAFile(SluiceServer client) throws IOException {
        Path file = Files.writeString(folder.toRealPath().resolve("more.ndjson"), """
                {"resourceType":"Provenance","id":"p","recorded":"2026-01-01T00:00:00Z","target":[{"reference":"Patient/ann"}],"agent":[{"who":{"display":"x"}}]}
                {"resourceType":"Patient","id":"ann","gender":"female","generalPractitioner":[{"reference":"Practitioner/doc"}]}
                {"resourceType":"Practitioner","id":"doc"}
                """);
        String job = imported(client, file.toUri().toString())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        await().until(() -> client.get(job).statusCode() == 200);
    }

    private static void exports(SluiceServer client) {
        ExportClient exports = new ExportClient(client);
        String since = exports.export("/$export").transactionTime();
        assertThat(client.post(
                                "/Patient",
                                "application/fhir+json",
                                "{\"resourceType\":\"Patient\",\"birthDate\":\"1970-01-01\"}")
                        .statusCode())
                .isEqualTo(201);
        for (String path : List.of(
                "/Patient/$export?includeAssociatedData=LatestProvenanceResources",
                "/Group/ring/$export",
                "/$export?_type=Patient,Observation&_since=" + since,
                "/$export?_type=Patient,Observation&organizeOutputBy=Patient",
                "/$export?_type=Patient&_includeReferenced=Practitioner",
                "/$export?_type=Patient&_typeFilter=Patient%3F_has:Observation:subject:status%3Dfinal",
                "/$export?allowPartialManifests=true")) {
            String job = finished(client, path);
            assertThat(client.delete(job).statusCode()).as(path).isEqualTo(202);
        }
        assertThat(kickOff(client, "/$export-estimate").statusCode()).isEqualTo(200);
    }

    /** What the server does after a time, or for large exports only. */
    private static void maintains(SluiceServer server, JdbcTemplate jdbc) {
        server.bean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .map(task -> task.getTask().getRunnable())
                .filter(task -> task.toString().startsWith("dev.sluice."))
                .forEach(Runnable::run);
        assertThat(count(jdbc, "select count(*) from segment")).isPositive();
        jdbc.execute("select analyze_included_rows()");
        assertThat(count(jdbc, "select reltuples from pg_class where oid = 'included_row'::regclass"))
                .isNotNegative();
        server.bean(ClientRegistry.class).enable("other", false);
        server.bean(ClientRegistry.class).revokeTokens();
    }

    private void changesNothingElse() {
        for (String change : List.of(
                "create table mine (id int)",
                "alter table job add column x int",
                "drop table job",
                "truncate resource",
                "update audit_event set client = 'x'",
                "delete from audit_event",
                "delete from disclosure",
                "delete from disclosed_patients",
                "alter table audit_event disable trigger all",
                "drop trigger audit_event_is_append_only on audit_event",
                "delete from flyway_schema_history",
                "create schema other",
                "set role roles_owner")) {
            assertThatThrownBy(() -> roles.server().execute(change)).as(change).isInstanceOf(DataAccessException.class);
        }
    }

    private SluiceServer start(String... options) throws IOException {
        return KnownTokens.server(Stream.concat(
                        Stream.of(options),
                        Stream.of(
                                "--sluice.import.root=" + folder.toRealPath(),
                                "--sluice.seal.after=0s",
                                "--sluice.seal.size=1KB",
                                "--sluice.history=0s"))
                .toArray(String[]::new));
    }

    private static int count(JdbcTemplate jdbc, String sql) {
        Integer count = jdbc.queryForObject(sql, Integer.class);
        return count == null ? 0 : count;
    }
}
