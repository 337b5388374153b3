package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.export.BusyWriters;
import dev.sluice.export.ProcessPair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A client that only follows a feed holds the state of the store after a chain of links, while others write and import, runs
 * are cancelled, and the processes that run them are killed. Two processes run the jobs; a third one, which is not killed,
 * answers the clients. {@code -Dfeed.seed=…} repeats the events of a run, but not their times.
 */
@SlowTest
@Tag(FaultTally.TAG)
class FeedChainTest {
    private static final int LINKS = FaultTally.times(6, 30);
    private static final int KILLS = FaultTally.times(2, 10);
    private static final int CANCELLED = FaultTally.times(2, 6);
    private static final String FEED = "lake";

    /** What becomes of a run. */
    private enum Event {
        /** It is started by a request. */
        REQUESTED,
        /** It is started by the schedule. */
        DUE,
        /** The owner of the feed cancels its export. */
        CANCELLED,
        /** The process is killed that has been asked for the run and has not recorded it. */
        KILLED_BEFORE_RECORD,
        /** A process is killed while one of them starts the run that is due. */
        KILLED_AFTER_CLAIM,
        /** A process is killed while the export is planned. */
        KILLED_IN_PLAN,
        /** A process is killed while the units of the export run. */
        KILLED_IN_RUN,
        /** A process is killed when all units are done. */
        KILLED_IN_FINISH,
        /** A process is killed that is about to make the run a link. */
        KILLED_BEFORE_PUBLICATION;

        boolean isKill() {
            return name().startsWith("KILLED");
        }

        /** Whether the run does not become a link for sure. */
        boolean isNoLink() {
            return this == CANCELLED || this == KILLED_BEFORE_RECORD;
        }
    }

    @TempDir
    private Path home;

    private final long seed = Long.getLong("feed.seed", System.nanoTime() % 1_000_000);
    private final Random random = new Random(seed);
    private final Map<Event, Integer> seen = new EnumMap<>(Event.class);
    private String url = "";
    private SluiceServer server;
    private ProcessPair pair;
    private JdbcTemplate jdbc;
    private FeedClient feeds;
    private int cutOff;

    @BeforeEach
    void start() {
        url = TestDatabase.freshUrl();
        List<String> options = List.of(
                "--spring.datasource.url=" + url,
                "--sluice.home=" + home,
                "--sluice.import.root=" + home,
                "--sluice.export.file-size=4KB",
                "--sluice.lease=2s");
        server = SluiceServer.start(with(options, "--sluice.role=api"));
        pair = new ProcessPair(home, with(options, "--sluice.export.workers=1", "--sluice.poll-interval=100ms"));
        jdbc = server.bean(JdbcTemplate.class);
        feeds = new FeedClient(server);
        awaitBoth();
    }

    /** Waits until both processes run jobs. */
    private void awaitBoth() {
        pair.base(0);
        pair.base(1);
    }

    private static String[] with(List<String> options, String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @AfterEach
    void stop() {
        System.out.printf(
                "feed.seed=%d: %s; %d of the kills cut off a step of a job or a change of the feed%n",
                seed, seen, cutOff);
        pair.close();
        server.close();
        TestDatabase.drop(url);
    }

    @Test
    void aFollowerHoldsTheStateAfterAllLinks() throws Exception {
        feeds.define(FEED, "$export", "\"snapshotEvery\":4");
        FeedFollower follower = follower();
        try (BusyWriters writers = new BusyWriters(server, 3, random.nextLong());
                ImportingClient importing = new ImportingClient(server, home, random.nextLong())) {
            for (Event event : events()) {
                seen.merge(event, 1, Integer::sum);
                happen(event);
                // It follows from the first link on, so its chain is the longest.
                if (lastLink() > 0 && (follower.pages() == 0 || random.nextInt(3) == 0)) {
                    follower.follow();
                }
            }
            writers.stop();
            assertThat(importing.stop()).isPositive();
        }
        feeds.link(FEED);
        feeds.awaitAll(FEED);
        follower.follow();
        FeedFollower late = follower();
        late.follow();

        List<String> state = jdbc.queryForList(
                "select body from resource where superseded_at is null and not deleted", String.class);
        FaultTally.of(FeedChainTest.class).export(state, List.copyOf(follower.lines()));
        FaultTally.of(FeedChainTest.class).export(state, List.copyOf(late.lines()));
        assertThat(follower.snapshots()).as("it never has to begin again").isEqualTo(1);
        assertThat(late.pages()).as("its chain is short").isLessThan(follower.pages());
        assertThat(count("select count(distinct number) from feed_run where status = 'COMPLETED'"))
                .isGreaterThanOrEqualTo(LINKS);
        assertThat(count("select count(*) from job where kind = 'export' and status <> 'DISCARDED'"
                        + " and id not in (select job from feed_run where status = 'COMPLETED')"))
                .as("exports that are in no link")
                .isZero();
    }

    /** The events of all runs in random order; each kind of kill is among them, if there are enough. */
    private List<Event> events() {
        List<Event> kills = new ArrayList<>(
                List.of(Event.values()).stream().filter(Event::isKill).toList());
        Collections.shuffle(kills, random);
        List<Event> events = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            events.add(kills.get(kill % kills.size()));
        }
        events.addAll(Collections.nCopies(CANCELLED, Event.CANCELLED));
        while (events.stream().filter(event -> !event.isNoLink()).count() < LINKS - 1) { // the last one is without any
            events.add(random.nextBoolean() ? Event.REQUESTED : Event.DUE);
        }
        Collections.shuffle(events, random);
        return events;
    }

    private void happen(Event event) throws Exception {
        if (event.isKill()) {
            awaitBoth();
        }
        switch (event) {
            case REQUESTED -> feeds.awaitEnd(FEED, feeds.start("", FEED));
            case DUE -> {
                int last = lastLink();
                makeDue();
                awaitLinkAfter(last);
            }
            case CANCELLED -> {
                String job = feeds.start("", FEED);
                Thread.sleep(random.nextInt(200));
                assertThat(server.delete("/_operations/export/" + job).statusCode())
                        .isIn(202, 409);
                feeds.awaitEnd(FEED, job);
            }
            case KILLED_BEFORE_RECORD -> killBeforeRecord();
            case KILLED_AFTER_CLAIM -> killAfterClaim();
            case KILLED_BEFORE_PUBLICATION -> killBeforePublication();
            default -> killInStep(event);
        }
    }

    private void killBeforeRecord() throws Exception {
        int last = lastLink();
        int victim = random.nextInt(2);
        try (HeldLock row = new HeldLock(url, "select true from feed where name = '" + FEED + "' for update")) {
            String base = pair.base(victim).toString();
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> feeds.start(base, FEED));
            row.awaitWaiting(jdbc, 1, "select true from feed %");
            kill(victim, true);
            await().until(request::isCompletedExceptionally);
        }
        assertThat(lastLink()).isEqualTo(last);
    }

    private void killAfterClaim() throws Exception {
        int last = lastLink();
        try (HeldLock table = new HeldLock(url, "lock table feed_run in exclusive mode")) {
            makeDue();
            table.awaitWaiting(jdbc, 1, "insert into feed_run%");
            kill(random.nextInt(2), false);
        }
        // As after the minute in which no other process may start the run.
        if (jdbc.update("update feed set due_at = now() where due_at < now() + interval '2 minutes'") == 1) {
            cutOff++;
        }
        awaitLinkAfter(last);
    }

    private void killBeforePublication() throws Exception {
        String job = feeds.start("", FEED);
        try (HeldLock row = new HeldLock(url, "select true from feed_run where job = '" + job + "' for update")) {
            row.awaitWaiting(jdbc, 3, "update feed_run set status%");
            kill(random.nextInt(2), true);
        }
        feeds.awaitEnd(FEED, job);
    }

    private void killInStep(Event event) throws Exception {
        String job = feeds.start(pair.base(random.nextInt(2)).toString(), FEED);
        int percent = random.nextInt(100);
        String reached = switch (event) {
            case KILLED_IN_PLAN -> "lease_owner is not null";
            case KILLED_IN_RUN -> "status = 'RUNNING' and units_done * 100 >= units * " + percent;
            default -> "status = 'RUNNING' and units_done = units";
        };
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> count("select count(*) from job where id = '" + job + "' and ((" + reached
                                + ") or status = 'COMPLETED')")
                        == 1);
        List<Integer> holders = IntStream.of(0, 1)
                .filter(place -> count("select count(*) from (select lease_owner from job union all"
                                + " select lease_owner from work_unit) held where lease_owner like '%:"
                                + pair.pid(place) + ":%'")
                        > 0)
                .boxed()
                .toList();
        kill(holders.isEmpty() ? random.nextInt(2) : holders.get(0), !holders.isEmpty());
        feeds.awaitEnd(FEED, job);
    }

    private void kill(int victim, boolean cutsOff) throws InterruptedException {
        pair.kill(victim);
        pair.replace(victim);
        FaultTally.of(FeedChainTest.class).fault();
        cutOff += cutsOff ? 1 : 0;
    }

    private void makeDue() {
        jdbc.update("update feed set due_at = now() where name = ?", FEED);
    }

    private int lastLink() {
        return count("select coalesce(max(number), 0) from feed_run where status = 'COMPLETED'");
    }

    private void awaitLinkAfter(int number) {
        await().until(() -> lastLink() > number);
    }

    private int count(String query) {
        return Objects.requireNonNull(jdbc.queryForObject(query, Integer.class));
    }

    private FeedFollower follower() {
        return new FeedFollower((path, headers) -> server.get(path, headers), "/_feeds/" + FEED + "/$bulk-publish");
    }
}
