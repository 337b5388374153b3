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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** A read gives the same rows, whatever is sealed, swept and written before and after its moment. */
@TestInstance(Lifecycle.PER_CLASS)
class SealedReadTest {
    private static final ResourceType TYPE = ResourceType.of("Basic");
    private static final int RESOURCES = 150;

    private final SluiceServer server = SluiceServer.start(
            "--sluice.history=0s",
            "--sluice.seal.enabled=false",
            "--sluice.seal.after=0s",
            "--sluice.seal.size=1KB",
            "--spring.datasource.hikari.maximum-pool-size=5");
    private final RowWriter writer = server.bean(RowWriter.class);
    private final Sealing sealing = server.bean(Sealing.class);
    private final Sweep sweep = server.bean(Sweep.class);
    private final History history = server.bean(History.class);
    private final RowStream rows = server.bean(RowStream.class);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final TransactionTemplate transaction = server.bean(TransactionTemplate.class);

    /** What each moment that somebody holds shows. */
    private final Map<UUID, Shown> held = new LinkedHashMap<>();

    private record Shown(Instant moment, List<String> lines) {}

    @BeforeEach
    void empty() {
        held.clear();
        jdbc.execute("truncate resource, segment, sealing, history_hold");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @RepeatedTest(4)
    void eachMomentThatIsHeldShowsTheSameRowsWhateverHappens(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Long> freeKeys = new ArrayList<>();
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        int sealed = 0;
        for (int step = 0; step < 120; step++) {
            act(random, freeKeys);
            sealed += usable(now());
            held.forEach((job, shown) -> assertThat(read(shown.moment, KeyRange.ALL, new Membership.Everything()))
                    .isEqualTo(shown.lines));
        }
        assertThat(sealed).isGreaterThan(200);
    }

    private void act(Random random, List<Long> freeKeys) {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> put(random.nextInt(RESOURCES + 20), random);
            case 3 -> writer.write(List.of(Draft.delete(key(random.nextInt(RESOURCES)))));
            case 4 -> freeKeys.add(jdbc.queryForObject("select nextval('resource_key')", Long.class));
            case 5 -> {
                if (!freeKeys.isEmpty()) {
                    comeLate(freeKeys.remove(random.nextInt(freeKeys.size())));
                }
            }
            case 6 -> hold();
            case 7 -> held.keySet().stream().skip(random.nextInt(3)).findFirst().ifPresent(this::release);
            case 8 -> sweep.sweep();
            default -> sealing.seal();
        }
    }

    /** A row whose key was given out long ago: its writer was slow, and what came after it may be sealed. */
    private void comeLate(long key) {
        transaction.executeWithoutResult(status -> jdbc.update(
                "insert into resource (type, key, id, version_id, last_updated, deleted, bytes, body)"
                        + " select 'Basic', ?, 'late' || ?, 1, to_timestamp(writing_moment() / 1000.0), false, 13, '{\"late\":true}'",
                key,
                key));
    }

    private void hold() {
        UUID job = UUID.randomUUID();
        Instant moment = transaction
                .execute(status -> history.open(job, null, null, false).orElseThrow())
                .closed();
        held.put(job, new Shown(moment, bodies(moment)));
    }

    private void release(UUID job) {
        history.release(job);
        held.remove(job);
    }

    @Test
    void aRangeGivesItsRowsWhereverItCutsSegments() {
        Random random = new Random(3);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        sealing.seal();
        for (int i = 0; i < RESOURCES; i += 40) {
            put(i, random);
        }
        sealing.seal();
        put(7, random);
        Instant moment = now();
        List<Long> keys = jdbc.queryForList("select key from resource_basic order by key", Long.class);

        for (int i = 0; i < 200; i++) {
            long first = keys.get(random.nextInt(keys.size())) - random.nextInt(2);
            long last = first + random.nextInt(200);
            KeyRange range = new KeyRange(first, last, 0, 0);

            assertThat(read(moment, range, new Membership.Everything()))
                    .isEqualTo(jdbc.queryForList(
                            "select body from " + query(moment).from() + " and key between " + first + " and " + last
                                    + " order by key",
                            String.class));
        }
    }

    /** Segments of which only some rows are in a compartment are no use to a Patient export; others are. */
    @Test
    void anExportOfPatientsTakesNoRowThatIsInNoCompartment() {
        Random random = new Random(5);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        jdbc.update("update resource_basic set compartment = '{1}' where key % 100 < 70 or key % 3 = 0");
        sealing.seal();
        Instant moment = now();
        Membership patients = new Membership.AnyPatientBut(UUID.randomUUID(), false);

        assertThat(read(moment, KeyRange.ALL, patients))
                .isEqualTo(jdbc.queryForList(
                        "select body from resource_basic where compartment is not null order by key", String.class));
        assertThat(segments(RowQuery.of(TYPE, moment, patients))).isPositive().isLessThan(usable(moment));
    }

    @Test
    void whatIsNotAtRestOrDoesNotFillASegmentStaysUnsealed() {
        Random random = new Random(6);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        try (SluiceServer patient = SluiceServer.start("--sluice.seal.after=1h", "--sluice.seal.size=1KB")) {
            for (int i = 0; i < 30; i++) {
                String body = "{\"n\":\"" + "x".repeat(200) + i + "\"}";
                patient.bean(RowWriter.class).write(List.of(Draft.put(key(i), content(body))));
            }
            patient.bean(Sealing.class).seal();
            assertThat(patient.bean(JdbcTemplate.class).queryForObject("select count(*) from segment", Integer.class))
                    .isZero();
        }

        sealing.seal();

        Long unsealed = jdbc.queryForObject(
                "select coalesce(sum(bytes), 0) from resource_basic where key > (select max(last_key) from segment)",
                Long.class);
        assertThat(unsealed).isBetween(0L, 1023L);
    }

    @Test
    void aTypeThatIsAsItWasLeftIsNotTouchedAndWhatIsRemovedIsMadeAnew() {
        Random random = new Random(4);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        sealing.seal();
        Instant clean = Segments.cleanUntil(jdbc, TYPE);
        int segments = usable(now());

        sealing.seal();
        assertThat(Segments.cleanUntil(jdbc, TYPE)).isEqualTo(clean);

        jdbc.execute("truncate segment");
        sealing.seal();
        assertThat(usable(now())).isEqualTo(segments);
        assertThat(Segments.cleanUntil(jdbc, TYPE)).isNotEqualTo(clean);
    }

    /** They would have to be in memory to be sealed, and cost little to read as they are. */
    @Test
    void largeRowsStayUnsealed() {
        Random random = new Random(8);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
            if (i % 50 == 10) {
                writer.write(List.of(Draft.put(key(1_000 + i), content("\"" + "x".repeat(3_000) + "\""))));
            }
        }

        sealing.seal();

        assertThat(jdbc.queryForList("select bytes from segment", Long.class))
                .hasSizeGreaterThan(10)
                .allMatch(bytes -> bytes <= 2_048);
        assertThat(read(now(), KeyRange.ALL, new Membership.Everything())).isEqualTo(bodies(now()));
    }

    /** Rows that are gone leave no holes behind that each read would have to look into. */
    @Test
    void keysWithoutRowsGoToTheSegmentBeforeThem() {
        Random random = new Random(9);
        for (int i = 0; i < RESOURCES; i++) {
            put(i, random);
        }
        sealing.seal();
        int before = usable(now());
        KeyRange second = server.bean(SegmentWriter.class).all(TYPE).get(1);
        List<String> ids = jdbc.queryForList(
                "select id from resource_basic where key between " + second.first() + " and " + second.last(),
                String.class);

        hold();
        ids.forEach(id -> writer.write(List.of(Draft.delete(new ResourceKey(TYPE, id)))));
        assertThat(usable(now())).isEqualTo(before - 1);
        sealing.seal();

        List<KeyRange> after = server.bean(SegmentWriter.class).all(TYPE);
        assertThat(after.get(0).last()).isEqualTo(second.last());
        held.forEach((job, shown) -> assertThat(read(shown.moment, KeyRange.ALL, new Membership.Everything()))
                .isEqualTo(shown.lines));
        assertThat(Stretch.of(new KeyRange(0, after.get(after.size() - 1).last(), 0, 0), after))
                .hasSize(1);
    }

    private int usable(Instant moment) {
        return segments(query(moment));
    }

    private int segments(RowQuery query) {
        return Segments.usable(jdbc, query, KeyRange.ALL).size();
    }

    private List<String> read(Instant moment, KeyRange range, Membership members) {
        List<String> lines = new ArrayList<>();
        long read = rows.read(
                RowQuery.of(TYPE, moment, members),
                range,
                (buffer, offset, length) -> lines.add(new String(buffer, offset, length, StandardCharsets.UTF_8)),
                canceller -> {});
        assertThat(read).isEqualTo(lines.size());
        return lines;
    }

    private List<String> bodies(Instant moment) {
        return jdbc.queryForList("select body from " + query(moment).from() + " order by key", String.class);
    }

    private Instant now() {
        return Objects.requireNonNull(
                transaction.execute(status -> server.bean(Moments.class).close()));
    }

    private static RowQuery query(Instant moment) {
        return RowQuery.everything(TYPE, moment);
    }

    private void put(int number, Random random) {
        String body = "{\"n\":" + number + ",\"é\":\"" + "x".repeat(random.nextInt(300)) + random.nextInt() + "\"}";
        writer.write(List.of(Draft.put(key(number), content(body))));
    }

    private static Draft.Content content(String body) {
        return new Draft.Content((version, at) -> body.getBytes(StandardCharsets.UTF_8), List.of(), new long[0]);
    }

    private static ResourceKey key(int number) {
        return new ResourceKey(TYPE, "r" + number);
    }
}
