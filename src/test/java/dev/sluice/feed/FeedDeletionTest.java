package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.node.ObjectNode;

/** What the deletion of a feed takes, of all that its owner has, and what it leaves. */
@IntegrationTest
class FeedDeletionTest {
    private SluiceServer server;
    private JdbcTemplate jdbc;
    private FeedClient feeds;
    private ExportClient exports;

    @BeforeEach
    void start() {
        server = SluiceServer.start();
        jdbc = server.bean(JdbcTemplate.class);
        feeds = new FeedClient(server);
        exports = new ExportClient(server);
        put("a");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theRunsOfTheFeedGoAndNothingElseOfItsOwner() {
        feeds.define("stays", "$export?_type=Basic", "\"snapshotEvery\":1000");
        feeds.define("goes", "$export?_type=Basic", "\"snapshotEvery\":1000");
        List<String> gone = List.of(feeds.link("goes"), feeds.link("goes"));
        List<String> left = List.of(
                feeds.link("stays"), exports.export("/$export?_type=Basic").job());
        HeldUnits held = HeldUnits.of(server);
        put("b"); // so that the deltas have units
        String open = feeds.start("", "goes");
        String openRun = feeds.start("", "stays");
        String openExport = location("/$export?_type=Basic");
        List.of(open, openRun, openExport).forEach(held::count);
        List<Map<String, Object>> before = jobsBut(gone, open);
        String file = file(gone.get(0));

        assertThat(server.delete("/_feeds/goes").statusCode()).isEqualTo(204);

        assertThat(jobsBut(gone, open)).isEqualTo(before).hasSize(4);
        assertThat(jdbc.queryForList(
                        "select id::text from job where status = 'COMPLETED' and not published"
                                + " and expires_at between now() and now() + interval '1 minute'",
                        String.class))
                .as("a client that reads a file at this time gets all of it")
                .containsExactlyInAnyOrderElementsOf(
                        gone.stream().map(FeedDeletionTest::id).toList());
        assertThat(server.get(file).statusCode()).isEqualTo(200);
        await().until(() -> count("select count(*) from job where id = '" + open + "'") == 0);

        List.of(openRun, openExport).forEach(held::release);
        feeds.awaitEnd("stays", openRun);
        assertThat(exports.awaitEnd(openExport).statusCode()).isEqualTo(200);
        jdbc.update("update job set expires_at = now() where expires_at < now() + interval '1 minute'");
        await().until(() -> count("select count(*) from job") == 4);
        assertThat(server.get(file).statusCode()).isEqualTo(404);
        FeedFollower follower =
                new FeedFollower((path, headers) -> server.get(path, headers), "/_feeds/stays/$bulk-publish");
        follower.follow();
        assertThat(follower.lines().stream().map(ExportClient::key)).containsExactlyInAnyOrder("Basic/a", "Basic/b");
        left.forEach(job -> assertThat(server.get(file(job)).statusCode()).isEqualTo(200));
    }

    /** An administrator may change a feed that was defined in mode open, and has it then, while a run has not ended. */
    @Test
    void aRunOfAFormerOwnerEndsLikeOthers() {
        feeds.define("moved", "$export?_type=Basic", "");
        HeldUnits held = HeldUnits.of(server);
        String first = feeds.start("", "moved");
        held.count(first);
        jdbc.update("update feed set owner = 'https://provider.example console jo'");
        held.release(first);
        feeds.awaitEnd("moved", first);
        assertThat(feeds.runs("moved").get(0).path("status").asString()).isEqualTo("completed");

        put("b");
        String second = feeds.start("", "moved");
        held.count(second);
        jdbc.update("update feed set owner = 'https://provider.example console kim'");
        assertThat(server.delete("/_feeds/moved").statusCode()).isEqualTo(204);

        await().until(() -> count("select count(*) from job where id = '" + second + "'") == 0);
    }

    /** All rows of jobs but these, as far as a deletion could change them. */
    private List<Map<String, Object>> jobsBut(List<String> gone, String open) {
        return jdbc
                .queryForList("select id, owner, published, expires_at, status <> 'DISCARDED' as present from job"
                        + " order by id")
                .stream()
                .filter(row ->
                        !gone.contains(String.valueOf(row.get("id"))) && !open.equals(String.valueOf(row.get("id"))))
                .toList();
    }

    private String location(String export) {
        return exports.kickOff(export).headers().firstValue("Content-Location").orElseThrow();
    }

    private static String id(String job) {
        return job.replaceFirst(".*/", "");
    }

    /** The URL of the first file of an export. */
    private String file(String job) {
        ObjectNode manifest = FeedClient.json(server.get("/_operations/export/" + id(job)));
        return manifest.path("output").path(0).path("url").asString();
    }

    private int count(String query) {
        Integer count = jdbc.queryForObject(query, Integer.class);
        return count == null ? 0 : count;
    }

    private void put(String id) {
        assertThat(server.put(
                                "/Basic/" + id,
                                "application/fhir+json",
                                "{\"resourceType\":\"Basic\",\"id\":\"" + id + "\"}")
                        .statusCode())
                .isEqualTo(201);
    }
}
