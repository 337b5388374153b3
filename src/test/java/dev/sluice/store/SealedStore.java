package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A server with rows of one type, which is sealed when a test says so, in segments of 1 KB. */
class SealedStore implements AutoCloseable {
    static final ResourceType TYPE = ResourceType.of("Basic");
    static final int RESOURCES = 150;

    final SluiceServer server = SluiceServer.start(
            "--sluice.history=0s",
            "--sluice.seal.enabled=false",
            "--sluice.seal.after=0s",
            "--sluice.seal.size=1KB",
            "--spring.datasource.hikari.maximum-pool-size=5");
    final RowWriter writer = server.bean(RowWriter.class);
    final SegmentBuilder sealing = server.bean(SegmentBuilder.class);
    final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    final TransactionTemplate transaction = server.bean(TransactionTemplate.class);
    private final KeptVersions history = server.bean(KeptVersions.class);
    private final RowStream rows = server.bean(RowStream.class);

    /** What each timestamp that somebody holds shows. */
    private final Map<UUID, Shown> held = new LinkedHashMap<>();

    private record Shown(Instant timestamp, List<String> lines) {}

    void empty() {
        held.clear();
        jdbc.execute("truncate resource, segment, segment_check, retention_hold");
    }

    @Override
    public void close() {
        server.close();
    }

    void hold() {
        UUID job = UUID.randomUUID();
        Instant timestamp = transaction.execute(status -> {
            Instant closed = history.closeTimestamp();
            assertThat(history.hold(job, closed, null, false)).isPresent();
            return closed;
        });
        held.put(job, new Shown(timestamp, bodies(timestamp)));
    }

    /** Lets go of the timestamp with this number, if so many are held. */
    void release(int number) {
        held.keySet().stream().skip(number).findFirst().ifPresent(job -> {
            history.release(job);
            held.remove(job);
        });
    }

    /** Holds each timestamp to what it showed. */
    void checkHeld() {
        held.forEach((job, shown) -> assertThat(readAll(shown.timestamp)).isEqualTo(shown.lines));
    }

    int usable(Instant timestamp) {
        return segments(query(timestamp));
    }

    int segments(RowQuery query) {
        return Segments.usable(jdbc, query, KeyRange.ALL).size();
    }

    List<String> readAll(Instant timestamp) {
        return read(timestamp, KeyRange.ALL, new RowScope.Everything());
    }

    List<String> read(Instant timestamp, KeyRange range, RowScope members) {
        List<String> lines = new ArrayList<>();
        long read = rows.read(
                RowQuery.of(TYPE, timestamp, members),
                range,
                (buffer, offset, length) -> lines.add(new String(buffer, offset, length, StandardCharsets.UTF_8)),
                canceller -> {});
        assertThat(read).isEqualTo(lines.size());
        return lines;
    }

    /** Each line follows its patient. */
    List<String> readWithPatients(Instant timestamp, KeyRange range) {
        List<String> lines = new ArrayList<>();
        long read = rows.readWithPatients(
                query(timestamp),
                range,
                (patient, deleted, buffer, offset, length) ->
                        lines.add(patient + " " + new String(buffer, offset, length, StandardCharsets.UTF_8)),
                canceller -> {});
        assertThat(read).isEqualTo(lines.size());
        return lines;
    }

    List<String> bodies(Instant timestamp) {
        return jdbc.queryForList("select body from " + query(timestamp).from() + " order by key", String.class);
    }

    Instant now() {
        return Objects.requireNonNull(transaction.execute(
                status -> server.bean(ClosedTimestamps.class).close()));
    }

    static RowQuery query(Instant timestamp) {
        return RowQuery.everything(TYPE, timestamp);
    }

    /** Puts all resources, and returns what made them. */
    Random fill(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        return random;
    }

    void put(int number, Random random) {
        String body = "{\"n\":" + number + ",\"é\":\"" + "x".repeat(random.nextInt(300)) + random.nextInt() + "\"}";
        writer.write(List.of(new ResourceWrite(key(number), content(body), VersionCondition.NONE)));
    }

    static ResourceWrite.Content content(String body) {
        return new ResourceWrite.Content(
                (version, at) -> body.getBytes(StandardCharsets.UTF_8), List.of(), new long[0], null);
    }

    static ResourceKey key(int number) {
        return new ResourceKey(TYPE, "r" + number);
    }
}
