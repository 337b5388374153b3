package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.telemetry.FeedStates;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;

/** How long the files of feeds are kept, and what metrics say of feeds. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FeedRetentionTest {
    private final SluiceServer server = SluiceServer.start();
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final FeedClient feeds = new FeedClient(server);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void theLastThousandRunsAreKept() {
        feeds.define("many", "$export?_type=Basic", "\"enabled\":false");
        jdbc.update("insert into feed_run (feed, kind, chain, number, status, ended_at)"
                + " select 'many', 'SNAPSHOT', 1, 1, 'FAILED', now() from generate_series(1, 1010)");

        assertThat(server.bean(FeedRuns.class).removeOld()).isEqualTo(10);
        assertThat(server.bean(FeedRuns.class).removeOld()).isZero();
    }

    @Test
    void filesThatAFollowerNeedsAreKept() {
        feeds.define("kept", "$export?_type=Basic", "\"snapshotEvery\":2,\"retention\":\"60m\"");
        assertThat(feeds.feed("kept").path("retention").asString()).isEqualTo("1h");
        FeedFollower follower = follower("kept");
        for (int link = 0; link < 4; link++) {
            put("/Basic/kept" + link);
            feeds.link("kept");
            if (link == 0) {
                follower.follow();
            }
        }
        await().until(() -> feeds.runs("kept").size() == 5); // with the new snapshot at the third link
        feeds.awaitAll("kept");
        String oldJob = feeds.runs("kept").get(4).path("job").asString();
        // Neither the retention of jobs nor the owner takes what is published.
        jdbc.update("update job set expires_at = now() - interval '1 day' where id = ?::uuid", oldJob);
        assertThat(ExportClient.outcome(409, server.delete("/_operations/export/" + oldJob))
                        .get(0))
                .contains("published by a feed");
        FeedRuns bean = server.bean(FeedRuns.class);
        bean.erase();
        assertThat(feeds.runs("kept")).allMatch(run -> run.path("erased").isNull());

        jdbc.update("update feed_run set ended_at = ended_at - interval '2 hours' where feed = 'kept'");
        assertThat(bean.erase())
                .as("the first snapshot, and the two deltas that the second one has")
                .isEqualTo(3);
        assertThat(bean.erase()).isZero();

        follower.follow();
        assertThat(follower.snapshots())
                .as("it was away for longer than the retention")
                .isEqualTo(2);
        assertThat(follower.lines().stream().map(ExportClient::key))
                .contains("Basic/kept0", "Basic/kept1", "Basic/kept2", "Basic/kept3");
        jdbc.update("update job set expires_at = now() where id = ?::uuid", oldJob);
        await().until(() -> server.get("/_operations/export/" + oldJob).statusCode() == 404);
    }

    @Test
    void aDeletedFeedIsGoneWithItsFiles() {
        feeds.define("gone", "$export?_type=Basic", "\"retention\":\"1h\"");
        put("/Basic/gone");
        String job = feeds.link("gone");

        assertThat(server.delete("/_feeds/gone").statusCode()).isEqualTo(204);

        assertThat(server.get("/_feeds/gone").statusCode()).isEqualTo(404);
        assertThat(server.get("/_feeds/gone/$bulk-publish").statusCode()).isEqualTo(404);
        assertThat(jdbc.queryForObject(
                        "select expires_at < now() + interval '2 minutes' from job where id = ?::uuid",
                        Boolean.class,
                        job))
                .isTrue();
    }

    @Test
    void metricsSayWhatIsMissing() {
        feeds.define("metered", "$export?_type=Patient", "\"enabled\":true");
        FeedProgress states = server.bean(FeedProgress.class);
        FeedStates.FeedState before = state(states);
        assertThat(before.lastSuccess()).isNull();
        assertThat(before.dueSince()).isNull();

        feeds.link("metered");
        assertThat(state(states).lastSuccess()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        jdbc.update("update feed_run set started_at = now() - interval '3 days' where feed = 'metered'");
        jdbc.update("update feed set changed_at = now() - interval '9 days' where name = 'metered'");

        assertThat(state(states).dueSince())
                .isBetween(
                        Instant.now().minus(3, ChronoUnit.DAYS), Instant.now().minus(2, ChronoUnit.DAYS));
    }

    private static FeedStates.FeedState state(FeedProgress states) {
        return states.feeds().stream()
                .filter(feed -> feed.name().equals("metered"))
                .findFirst()
                .orElseThrow();
    }

    private FeedFollower follower(String name) {
        return new FeedFollower((path, headers) -> server.get(path, headers), "/_feeds/" + name + "/$bulk-publish");
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
}
