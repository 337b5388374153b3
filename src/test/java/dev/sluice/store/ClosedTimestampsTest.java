package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What an export may build on: at a closed timestamp, the store does not change any more. */
@IntegrationTest
class ClosedTimestampsTest {
    private static final ResourceType TYPE = ResourceType.of("Basic");
    private static final int WRITERS = 4;
    private static final int TIMESTAMPS = 40;

    private static SluiceServer server;
    private static RowWriter writer;
    private static ClosedTimestamps timestamps;
    private static TransactionTemplate transaction;
    private static JdbcTemplate jdbc;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
        writer = server.bean(RowWriter.class);
        timestamps = server.bean(ClosedTimestamps.class);
        transaction = server.bean(TransactionTemplate.class);
        jdbc = server.bean(JdbcTemplate.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theStoreDoesNotChangeAtAClosedTimestampWhateverWritersDoMeanwhile() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Integer>> writers = new ArrayList<>();
        for (int seed = 0; seed < WRITERS; seed++) {
            writers.add(threads.submit(writing(new Random(seed), done)));
        }

        Map<Instant, List<String>> seen = new LinkedHashMap<>();
        for (int i = 0; i < TIMESTAMPS; i++) {
            Instant timestamp = close();
            // An open writer holds the timestamp back, so it may come twice.
            assertThat(stateAt(timestamp)).isEqualTo(seen.computeIfAbsent(timestamp, ClosedTimestampsTest::stateAt));
            Thread.sleep(20);
        }
        done.set(true);
        int written = 0;
        for (Future<Integer> future : writers) {
            written += future.get();
        }
        threads.shutdown();

        assertThat(written).isGreaterThan(TIMESTAMPS);
        assertThat(seen).hasSizeGreaterThan(TIMESTAMPS / 4);
        seen.forEach((timestamp, state) ->
                assertThat(stateAt(timestamp)).as("at %s", timestamp).isEqualTo(state));
        Instant last = close();
        assertThat(stateAt(last))
                .as("the last timestamp is the present")
                .isEqualTo(jdbc.queryForList(
                        "select id || '/' || version_id from resource where type = 'Basic' and superseded_at is null"
                                + " and not deleted order by id",
                        String.class));
    }

    @Test
    void aTimestampIsClosedBehindAWriterThatIsStillOpen() {
        Instant[] opened = new Instant[1];

        transaction.executeWithoutResult(open -> {
            opened[0] = writer.write(List.of(put("open"))).get(0).lastUpdated();
            Instant closed = onAnotherThread(ClosedTimestampsTest::close);
            assertThat(closed).isBefore(opened[0]);
        });

        assertThat(close()).isAfterOrEqualTo(opened[0]);
    }

    @Test
    void aWriterThatBeginsAfterATimestampWasClosedIsLaterThanIt() {
        Instant closed = close();

        Instant written = writer.write(List.of(put("later"))).get(0).lastUpdated();

        assertThat(written).isAfter(closed);
    }

    @Test
    void aResourceWrittenTwiceInAMillisecondHasTwoTimesAndBothAreSeen() {
        for (int i = 0; i < 50; i++) {
            Instant first = writer.write(List.of(put("twice"))).get(0).lastUpdated();
            WriteResult second = writer.write(List.of(put("twice"))).get(0);

            assertThat(second.lastUpdated()).isAfter(first);
            assertThat(stateAt(close())).contains("twice/" + second.versionId());
        }
    }

    @Test
    void aClockThatIsSetBackNeitherHidesAWriteNorReopensATimestamp() {
        Instant future = Instant.ofEpochMilli(close().toEpochMilli() + 3_600_000);
        jdbc.queryForObject("select setval('proposed_timestamp', " + future.toEpochMilli() + ")", Long.class);

        Instant first = writer.write(List.of(put("back"))).get(0).lastUpdated();
        WriteResult second = writer.write(List.of(put("back"))).get(0);
        Instant closed = close();

        assertThat(first).isAfter(future);
        assertThat(second.lastUpdated()).isAfter(first);
        assertThat(stateAt(closed)).contains("back/" + second.versionId());
        assertThat(writer.write(List.of(put("back"))).get(0).lastUpdated()).isAfter(closed);
    }

    private static Callable<Integer> writing(Random random, AtomicBoolean done) {
        return () -> {
            int written = 0;
            while (!done.get()) {
                String id = "r" + random.nextInt(30);
                ResourceWrite write = random.nextInt(5) == 0 ? ResourceWrite.delete(key(id)) : put(id);
                boolean rollback = random.nextInt(10) == 0;
                long pause = random.nextInt(10) == 0 ? 60 : random.nextInt(4);
                try {
                    transaction.executeWithoutResult(status -> {
                        writer.write(List.of(write));
                        sleep(pause);
                        if (rollback) {
                            status.setRollbackOnly();
                        }
                    });
                    written++;
                } catch (org.springframework.dao.DataAccessException
                        | org.springframework.transaction.UnexpectedRollbackException e) {
                    // Another writer was first; inside a transaction of the test's own, that is the test's to repeat.
                }
            }
            return written;
        };
    }

    private static ResourceWrite put(String id) {
        ResourceWrite.Line line = (version, at) -> ("{\"resourceType\":\"Basic\",\"id\":\"" + id
                        + "\",\"meta\":{\"versionId\":\"" + version + "\"},\"n\":" + System.nanoTime() + "}")
                .getBytes(StandardCharsets.UTF_8);
        return new ResourceWrite(
                key(id), new ResourceWrite.Content(line, List.of(), new long[0], null), VersionCondition.NONE);
    }

    private static ResourceKey key(String id) {
        return new ResourceKey(TYPE, id);
    }

    private static Instant close() {
        Instant closed = transaction.execute(status -> timestamps.close());
        assertThat(closed).isNotNull();
        return closed;
    }

    private static List<String> stateAt(Instant timestamp) {
        return jdbc.queryForList(
                "select id || '/' || version_id from resource where type = 'Basic' and not deleted and "
                        + RowQuery.asOf(timestamp) + " order by id",
                String.class);
    }

    private static <T> T onAnotherThread(Callable<T> call) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(call).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            thread.shutdown();
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
