package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Feeds as their owners and their followers meet them, with two servers on one database. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FeedTest {
    @TempDir
    private static Path home;

    private String url = "";
    private SluiceServer server;
    private SluiceServer other;
    private JdbcTemplate jdbc;
    private FeedClient feeds;

    @BeforeAll
    void start() {
        url = TestDatabase.freshUrl();
        server = SluiceServer.start(options());
        other = SluiceServer.start(options());
        jdbc = server.bean(JdbcTemplate.class);
        feeds = new FeedClient(server);
    }

    private String[] options() {
        return new String[] {
            "--spring.datasource.url=" + url,
            "--sluice.home=" + home,
            "--sluice.export.file-size=4KB",
            "--sluice.lease=2s",
        };
    }

    @AfterAll
    void stop() {
        other.close();
        server.close();
        TestDatabase.drop(url);
    }

    @Test
    void runsThatWereMissedAreOneRunOfOneProcess() {
        put("/Basic/missed");
        feeds.define("missed", "$export?_type=Basic", "\"enabled\":true");

        due("missed", "3 days");
        await().until(() ->
                feeds.feed("missed").path("lastRun").path("status").asString().equals("completed"));

        assertThat(feeds.runs("missed")).hasSize(1);
        Instant next = Instant.parse(feeds.feed("missed").path("nextRun").asString());
        assertThat(next).isBetween(Instant.now(), Instant.now().plus(1, ChronoUnit.DAYS));
        for (int run = 2; run < 6; run++) {
            due("missed", "1 second");
            int expected = run;
            await().until(() -> feeds.runs("missed").size() == expected
                    && feeds.feed("missed").path("state").asString().equals("waiting"));
        }
        assertThat(feeds.runs("missed"))
                .extracting(each -> each.path("number").asInt())
                .as("each due time is one run, of one of the two processes")
                .containsExactly(5, 4, 3, 2, 1);
    }

    /** The next run would be as late as the clock was wrong. */
    @Test
    void aFeedFollowsAClockThatIsSetBack() {
        feeds.define("early", "$export?_type=Basic", "\"enabled\":true");
        feeds.define("waiting", "$export?_type=Basic", "\"enabled\":true");
        feeds.define("off", "$export?_type=Basic", "\"enabled\":false");
        Instant next = due("early");
        jdbc.update("update feed set due_at = due_at + interval '400 days' where name in ('early', 'off')");
        Instant off = due("off");
        Instant waiting = due("waiting");

        server.bean(FeedScheduler.class).correctTimes();

        assertThat(due("early")).isEqualTo(next);
        assertThat(due("waiting")).isEqualTo(waiting);
        assertThat(due("off")).as("which has no next run").isEqualTo(off);
        feeds.define("off", "$export?_type=Basic", "\"enabled\":false");
    }

    private Instant due(String name) {
        return Objects.requireNonNull(
                        jdbc.queryForObject("select due_at from feed where name = ?", Timestamp.class, name))
                .toInstant();
    }

    @Test
    void aDeltaHasWhatChangedAndWhatIsGone() {
        put("/Basic/stays");
        put("/Basic/goes");
        feeds.define("small", "$export?_type=Basic&_elements=id", "\"snapshotEvery\":1000");
        feeds.link("small");
        ObjectNode root = FeedClient.json(server.get("/_feeds/small/$bulk-publish"));
        assertThat(root.path("manifestType").asString()).endsWith("/BulkPublishManifest");
        assertThat(root.path("updateCadence").asString()).isEqualTo("PT24H");
        assertThat(root.path("requiresAccessToken").asBoolean(true)).isFalse();
        String stub = next(root);
        ObjectNode pending = FeedClient.json(server.get(stub));
        assertThat(next(pending)).isEqualTo("#pending");
        assertThat(pending.has("output")).isFalse();

        put("/Basic/comes");
        server.delete("/Basic/goes");
        feeds.link("small");

        ObjectNode delta = FeedClient.json(server.get(next(FeedClient.json(server.get(stub)))));
        assertThat(next(delta)).isEqualTo("#pending");
        JsonNode output = delta.path("output");
        assertThat(output).hasSize(1);
        HttpResponse<String> file = server.get(output.path(0).path("url").asString());
        assertThat(file.body()).contains("\"comes\"").doesNotContain("\"stays\"");
        assertThat(server.get(delta.path("deleted").path(0).path("url").asString())
                        .body())
                .contains("Basic/goes");
        assertThat(output.path(0).path("extension").findValuesAsString("url")).contains("urn:sluice:sha256");
    }

    @Test
    void aPageThatDidNotChangeIsNotSentAgain() {
        feeds.define("etag", "$export?_type=Patient", "\"snapshotEvery\":1000");
        feeds.link("etag");
        String page = next(FeedClient.json(server.get("/_feeds/etag/$bulk-publish")));
        HttpResponse<String> first = server.get(page);
        String etag = first.headers().firstValue("ETag").orElseThrow();

        assertThat(server.get(page, "If-None-Match", etag).statusCode()).isEqualTo(304);
        feeds.link("etag");
        assertThat(server.get(page, "If-None-Match", etag).statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).contains("no-cache");
    }

    @Test
    void theSignaturesOfUrlsDoNotChangeTheETag() {
        assertThat(etag("files/a?sig=1")).isEqualTo(etag("files/a?sig=2")).isNotEqualTo(etag("files/b?sig=1"));
    }

    private static String etag(String url) {
        return BulkPublishController.etag(
                FhirJson.MAPPER.createObjectNode().put("url", url).put("count", 1));
    }

    @Test
    void anotherExportIsAnotherChain() {
        put("/Basic/a");
        feeds.define("other", "$export?_type=Basic", "\"snapshotEvery\":1000");
        feeds.link("other");
        FeedFollower follower = follower("other");
        follower.follow();

        put("/Patient/b");
        feeds.define("other", "$export?_type=Basic,Patient", "\"snapshotEvery\":1000");
        feeds.link("other");
        follower.follow();

        assertThat(follower.snapshots()).isEqualTo(2);
        assertThat(follower.lines().stream().map(ExportClient::key)).contains("Basic/a", "Patient/b");
        assertThat(feeds.runs("other").get(0).path("kind").asString()).isEqualTo("snapshot");
    }

    @Test
    void oneRunAtATime() {
        feeds.define("once", "$export", "\"enabled\":false");
        jdbc.update("insert into feed_run (feed, job, kind, chain, number, transaction_time, content, status)"
                + " values ('once', gen_random_uuid(), 'DELTA', 1, 1, now(), '', 'RUNNING')");
        HttpResponse<String> busy = server.post("/_feeds/once/$run", "application/json", "");
        // The scheduler may have found in the meantime that this job does not exist.
        assertThat(busy.statusCode()).isIn(409, 202);
        feeds.awaitAll("once");
        assertThat(feeds.runs("once"))
                .anyMatch(run -> run.path("problem").asString("").contains("cancelled or deleted"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Patient                                        | is no export
                    $export?_since=2026-01-01                      | decides _since itself
                    $export?_typo=x                                | _typo
                    $export?_type=Patien                           | Patien
                    $export?includeAssociatedData=_history         | neither _history nor _deleted
                    $export?_outputFormat=delta&_container=lake&_includeReferenced=Practitioner | _includeReferenced cannot be
                    """)
    void anExportThatCannotBeRepeatedIsRefused(String export, String sentence) {
        HttpResponse<String> response = server.put(
                "/_feeds/wrong", "application/json", "{\"cron\":\"0 0 2 * * *\",\"export\":\"" + export + "\"}");
        assertThat(ExportClient.outcome(400, response).toString()).contains(sentence);
        assertThat(server.get("/_feeds/wrong").statusCode()).isEqualTo(404);
    }

    private FeedFollower follower(String name) {
        return new FeedFollower((path, headers) -> server.get(path, headers), "/_feeds/" + name + "/$bulk-publish");
    }

    private void due(String name, String ago) {
        jdbc.update("update feed set due_at = now() - ?::interval where name = ?", ago, name);
    }

    private void put(String path) {
        String[] parts = path.split("/", -1);
        assertThat(server.put(
                                path,
                                "application/fhir+json",
                                "{\"resourceType\":\"" + parts[1] + "\",\"id\":\"" + parts[2] + "\"}")
                        .statusCode())
                .isBetween(200, 201);
    }

    private static String next(ObjectNode manifest) {
        return manifest.path("link").path(0).path("url").asString();
    }
}
