package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.job.JobOwner;
import dev.sluice.job.Jobs;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Jobs that another version of Sluice wrote down. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class OtherVersionsTest {
    @TempDir
    static Path blobs;

    private SluiceServer server;
    private ExportClient client;

    @BeforeAll
    void start() {
        server = SluiceServer.start("--sluice.storage.local.root=" + blobs);
        client = new ExportClient(server);
        Ward.load(server, "{\"resourceType\":\"Basic\",\"id\":\"b1\"}\n");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"version\":0}", "{\"scope\":\"system\",\"types\":[]}", "{\"request\":{}}", "rO0ABXNyAA", "[]"
            })
    void ofAnOlderOneTheStatusSaysSoAndDeletingErasesTheFiles(String payload) throws IOException {
        String job = finished();
        write(payload, id(job));

        for (String path : List.of("", "/pages/1", "/files/Basic-1.ndjson")) {
            HttpResponse<String> answer = server.get(job + path);
            assertThat(ExportClient.outcome(500, answer))
                    .as(path)
                    .singleElement()
                    .asString()
                    .contains(id(job), "older version", "DELETE");
        }
        assertThat(containers()).hasSize(1);
        assertThat(server.delete(job).statusCode()).isEqualTo(202);
        awaitErased(job);
    }

    @Test
    void ofANewerOneTheClientIsToldToAskAgain() throws IOException {
        String job = finished();
        write("{\"version\":99,\"location\":7}", id(job));

        HttpResponse<String> answer = server.get(job);

        assertThat(ExportClient.outcome(503, answer)).singleElement().asString().contains("newer version", "DELETE");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(server.delete(job).statusCode()).isEqualTo(202);
        awaitErased(job);
    }

    /** However long both versions run beside each other: it must not be given up by the tries of those that cannot do it. */
    @Test
    void aStepThatOnlyANewerOneCanDoIsLeftToItAndDoesNotCountAsFailed() {
        UUID id = UUID.randomUUID();
        server.bean(Jobs.class).submit(id, ExportHandler.KIND, new JobOwner("", null), "{\"version\":99}", null);
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);

        await().until(() -> Boolean.TRUE.equals(jdbc.queryForObject(
                "select lease_version > 0 and lease_owner is null and due_at > now() + interval '5 seconds'"
                        + " from job where id = ?",
                Boolean.class,
                id)));

        assertThat(jdbc.queryForMap("select status, failures, attempts, failing_since from job where id = ?", id))
                .containsEntry("status", "ACCEPTED")
                .containsEntry("failures", 0)
                .containsEntry("attempts", 0)
                .containsEntry("failing_since", null);
        jdbc.update("delete from job where id = ?", id);
    }

    @Test
    void itExpiresLikeAnyOther() throws IOException {
        String job = finished();
        write("{\"version\":0}", id(job));

        server.bean(JdbcTemplate.class).update("update job set expires_at = now()");

        awaitErased(job);
    }

    @Test
    void aJobThatCannotBeReadFailsAndSaysWhy() {
        UUID id = UUID.randomUUID();
        server.bean(Jobs.class).submit(id, ExportHandler.KIND, new JobOwner("", null), "{\"version\":0}", null);
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);

        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        "FAILED".equals(jdbc.queryForObject("select status from job where id = ?", String.class, id)));
        assertThat(jdbc.queryForObject("select ending from job where id = ?", String.class, id))
                .contains("older version");
        assertThat(server.delete("/_operations/export/" + id).statusCode()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"version\":0}", "{\"files\":[]}", "x"})
    void ofAnImportTheSameIsTold(String payload) {
        UUID id = UUID.randomUUID();
        String path = "/_operations/import/" + id;
        server.bean(Jobs.class).submit(id, "import", new JobOwner("", null), payload, null);

        await().atMost(Duration.ofSeconds(30)).until(() -> server.get(path).statusCode() == 500);
        assertThat(ExportClient.outcome(500, server.get(path)))
                .singleElement()
                .asString()
                .contains(id.toString(), "older version", "DELETE");
        assertThat(server.delete(path).statusCode()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(30)).until(() -> jobs(id.toString()) == 0);
    }

    private String finished() {
        String job = client.kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        assertThat(client.awaitEnd(job).statusCode()).isEqualTo(200);
        return job;
    }

    /** As a version of Sluice wrote it that did not keep the header of the manifest beside the payload. */
    private void write(String payload, String job) {
        server.bean(JdbcTemplate.class)
                .update(
                        "update job set payload = ?, output = (output::jsonb - 'header')::text where id = ?::uuid",
                        payload,
                        job);
    }

    private void awaitErased(String job) {
        await().atMost(Duration.ofSeconds(30)).until(() -> containers().isEmpty() && jobs(id(job)) == 0);
        assertThat(server.get(job).statusCode()).isEqualTo(404);
    }

    private long jobs(String id) {
        Long jobs = server.bean(JdbcTemplate.class)
                .queryForObject("select count(*) from job where id = ?::uuid", Long.class, id);
        return jobs == null ? 0 : jobs;
    }

    /** Those of exports, whose names begin with the year. */
    private static List<Path> containers() throws IOException {
        try (Stream<Path> folders = Files.list(blobs)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("2"))
                    .toList();
        }
    }

    private static String id(String job) {
        return job.substring(job.lastIndexOf('/') + 1);
    }
}
