package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.PausedWorkers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** An import that is interrupted writes no line twice, whatever clients have changed meanwhile. */
@IntegrationTest
class ImportCheckpointTest {
    /** The first batch has 2,000 lines; the second one has this line. */
    private static final String HELD = "held";

    private static final String VERSION =
            "{\"resourceType\":\"Patient\",\"id\":\"conflict\",\"meta\":{\"versionId\":\"3\","
                    + "\"lastUpdated\":\"2020-01-01T00:00:00Z\"},\"active\":%s}\n";

    @TempDir
    Path root;

    private String database;
    private SluiceServer server;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        database = TestDatabase.freshUrl();
        server = SluiceServer.start("--sluice.import.root=" + root, "--spring.datasource.url=" + database);
        file = Files.writeString(root.resolve("f.ndjson"), lines());
    }

    @AfterEach
    void stop() {
        server.close();
        TestDatabase.drop(database);
    }

    @Test
    void nothingIsRevertedAndNothingComesBackAfterAPause() {
        String job;
        try (HeldLine held = HeldLine.of(server, database, HELD)) {
            job = kickOff();
            held.awaitWriter();
            changeByRest();

            assertThat(server.post(job + "/$pause", "application/json", "").statusCode())
                    .isEqualTo(202);
            awaitFreeUnit();
        }
        assertThat(server.get("/Patient/" + HELD).statusCode())
                .as("the batch that was being written when the job was paused")
                .isEqualTo(404);

        server.post(job + "/$resume", "application/json", "");

        assertWhole(result(job), job);
        assertChangedByRest();
    }

    /** As after a process was stopped for longer than its lease. */
    @Test
    void aProcessWhoseUnitWasTakenOverWritesNoMore() {
        String job;
        PausedWorkers workers;
        try (HeldLine held = HeldLine.of(server, database, HELD)) {
            job = kickOff();
            held.awaitWriter();
            sql("update work_unit set lease_owner = 'another', lease_version = lease_version + 1,"
                    + " due_at = now() + interval '1 minute'");
            changeByRest();
            workers = PausedWorkers.of(server);
        }
        await().atMost(Duration.ofSeconds(30)).until(workers::isIdle);
        assertThat(server.get("/Patient/" + HELD).statusCode()).isEqualTo(404);

        sql("update work_unit set lease_owner = null, due_at = now()");
        workers.resume();

        assertWhole(result(job), job);
        assertChangedByRest();
    }

    /** Lines of another version of the file have other numbers. */
    @Test
    void aFileThatHasChangedIsReadFromItsStart() throws IOException {
        String job;
        try (HeldLine held = HeldLine.of(server, database, HELD)) {
            job = kickOff();
            held.awaitWriter();
            changeByRest();
            server.post(job + "/$pause", "application/json", "");
            awaitFreeUnit();
        }
        Files.writeString(file, patient("new") + lines());

        server.post(job + "/$resume", "application/json", "");

        assertThat(result(job).path("output").path(0).path("count").asInt()).isEqualTo(2_302);
        assertThat(server.get("/Patient/new").statusCode()).isEqualTo(200);
        assertThat(server.get("/Patient/p-0").body()).doesNotContain("active");
    }

    /** A pause, or the end of another file, may have locked the job, and locks the unit then. */
    @Test
    void aBatchWaitsForNoLockOfItsJob() throws SQLException {
        String job;
        try (Connection other = DriverManager.getConnection(database);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            try (HeldLine held = HeldLine.of(server, database, HELD)) {
                job = kickOff();
                held.awaitWriter();
                statement.execute("select from job for no key update");
            }
            statement.execute("update work_unit set payload = payload");
            other.commit();
        }

        assertWhole(result(job), job);
    }

    /** 2,301 patients, one of them as two versions with one number, and a line that is no JSON. */
    private static String lines() {
        return patient("p-0") + "no JSON\n" + VERSION.formatted("true") + VERSION.formatted("false")
                + IntStream.range(1, 2_300)
                        .mapToObj(i -> patient(i == 2_200 ? HELD : "p-" + i))
                        .collect(Collectors.joining());
    }

    private void changeByRest() {
        String changed = "{\"resourceType\":\"Patient\",\"id\":\"p-0\",\"active\":true}";
        assertThat(server.send(
                                "PUT",
                                "/Patient/p-0",
                                BodyPublishers.ofString(changed),
                                "Content-Type",
                                "application/fhir+json")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.delete("/Patient/p-1").statusCode()).isEqualTo(204);
    }

    private void assertChangedByRest() {
        assertThat(server.get("/Patient/p-0").body()).contains("\"active\":true");
        assertThat(server.get("/Patient/p-1").statusCode()).isEqualTo(410);
        assertThat(server.get("/Patient/" + HELD).statusCode()).isEqualTo(200);
    }

    /** The result counts what all tries have written. */
    private void assertWhole(JsonNode result, String job) {
        assertThat(result.path("output").path(0).path("count").asInt()).isEqualTo(2_301);
        assertThat(result.path("error").path(0).path("count").asInt()).isEqualTo(2);
        assertThat(server.get(job + "/errors/1.ndjson").body().lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("line 2: "),
                        line -> assertThat(line).contains("line 4: ").contains("Version 3 of Patient/conflict"));
    }

    private String kickOff() {
        HttpResponse<String> accepted = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\""
                        + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        return accepted.headers().firstValue("Content-Location").orElseThrow();
    }

    private JsonNode result(String job) {
        await().atMost(Duration.ofSeconds(60)).until(() -> server.get(job).statusCode() != 202);
        HttpResponse<String> response = server.get(job);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.MAPPER.readTree(response.body());
    }

    private void awaitFreeUnit() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> jdbc.queryForList("select from work_unit where lease_owner is not null")
                        .isEmpty());
    }

    private void sql(String statement) {
        assertThat(server.bean(JdbcTemplate.class).update(statement)).isEqualTo(1);
    }

    private static String patient(String id) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}\n";
    }
}
