package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.SlowTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A read gives the same rows, whatever is sealed, swept and written before and after its timestamp. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class SealedReadTest {
    private final SealedStore store = new SealedStore();
    private final VersionSweep sweep = store.server.bean(VersionSweep.class);

    @BeforeEach
    void empty() {
        store.empty();
    }

    @AfterAll
    void stop() {
        store.close();
    }

    @RepeatedTest(4)
    void eachTimestampThatIsHeldShowsTheSameRowsWhateverHappens(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Long> freeKeys = new ArrayList<>();
        for (int i = 0; i < SealedStore.RESOURCES; i++) {
            store.put(i, random);
        }
        int sealed = 0;
        for (int step = 0; step < 120; step++) {
            act(random, freeKeys);
            sealed += store.usable(store.now());
            store.checkHeld();
        }
        assertThat(sealed).isGreaterThan(200);
    }

    private void act(Random random, List<Long> freeKeys) {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> store.put(random.nextInt(SealedStore.RESOURCES + 20), random);
            case 3 ->
                store.writer.write(
                        List.of(ResourceWrite.delete(SealedStore.key(random.nextInt(SealedStore.RESOURCES)))));
            case 4 -> freeKeys.add(store.jdbc.queryForObject("select nextval('resource_key')", Long.class));
            case 5 ->
                freeKeys.stream().skip(random.nextInt(3)).findFirst().ifPresent(key -> {
                    freeKeys.remove(key);
                    comeLate(key);
                });
            case 6 -> store.hold();
            case 7 -> store.release(random.nextInt(3));
            case 8 -> sweep.sweep();
            default -> store.sealing.seal();
        }
    }

    /** A row whose key was given out long ago: its writer was slow, and what came after it may be sealed. */
    private void comeLate(long key) {
        store.transaction.executeWithoutResult(status -> store.jdbc.update(
                "insert into resource (type, key, id, version_id, last_updated, deleted, bytes, body)"
                        + " select 'Basic', ?, 'late' || ?, 1, to_timestamp(write_timestamp() / 1000.0), false, 13, '{\"late\":true}'",
                key,
                key));
    }

    @Test
    void aRangeGivesItsRowsWhereverItCutsSegments() {
        Random random = store.fill(3);
        store.sealing.seal();
        for (int i = 0; i < SealedStore.RESOURCES; i += 40) {
            store.put(i, random);
        }
        store.sealing.seal();
        store.put(7, random);
        Instant timestamp = store.now();
        List<Long> keys = store.jdbc.queryForList("select key from resource_basic order by key", Long.class);

        for (int i = 0; i < 200; i++) {
            long first = keys.get(random.nextInt(keys.size())) - random.nextInt(2);
            long last = first + random.nextInt(200);
            KeyRange range = new KeyRange(first, last, 0, 0, 0);

            assertThat(store.read(timestamp, range, new RowScope.Everything()))
                    .isEqualTo(store.jdbc.queryForList(
                            "select body from " + SealedStore.query(timestamp).from() + " and key between " + first
                                    + " and " + last + " order by key",
                            String.class));
        }
    }

    /** Segments have no patients. */
    @Test
    void eachLineOfASegmentIsReadWithThePatientOfItsRow() {
        store.fill(6);
        store.jdbc.update(
                "insert into patient_number (number, patient_id) overriding system value select n, 'p' || n from generate_series(0, 6) n"
                        + " on conflict do nothing");
        store.jdbc.update("update resource_basic set compartment = array[(key / 5 % 7)::int] where key % 11 > 0");
        store.sealing.seal();
        store.put(40, new Random(6));
        Instant timestamp = store.now();
        assertThat(store.usable(timestamp)).isGreaterThan(5);

        assertThat(store.readWithPatients(timestamp, KeyRange.ALL))
                .isEqualTo(store.jdbc.queryForList(
                        "select coalesce((select patient_id from patient_number where number = sole_patient), 'null')"
                                + " || ' ' || body from "
                                + SealedStore.query(timestamp).from() + " order by key",
                        String.class))
                .hasSize(SealedStore.RESOURCES)
                .anyMatch(line -> line.startsWith("p3 "))
                .anyMatch(line -> line.startsWith("null "));
    }

    /** Segments of which only some rows are in a compartment are no use to a Patient export; others are. */
    @Test
    void anExportOfPatientsTakesNoRowThatIsInNoCompartment() {
        store.fill(5);
        store.jdbc.update("update resource_basic set compartment = '{1}' where key % 100 < 70 or key % 3 = 0");
        store.sealing.seal();
        Instant timestamp = store.now();
        RowScope patients = new RowScope.AnyPatientBut(null);

        assertThat(store.read(timestamp, KeyRange.ALL, patients))
                .isEqualTo(store.jdbc.queryForList(
                        "select body from resource_basic where compartment is not null order by key", String.class));
        assertThat(store.segments(RowQuery.of(SealedStore.TYPE, timestamp, patients)))
                .isPositive()
                .isLessThan(store.usable(timestamp));
    }

    /** All that are found in a row, so that one more try is enough. */
    @Test
    void damagedSegmentsAreNoticedAndTheNextReadDoesWithoutThem() {
        store.fill(10);
        store.sealing.seal();
        int whole = store.usable(store.now());
        store.jdbc.update("update segment set deflated = set_byte(deflated, 40, get_byte(deflated, 40) # 1)"
                + " where first_key in (select first_key from segment order by first_key offset 3 limit 2)");

        assertThatThrownBy(() -> store.readAll(store.now()))
                .hasMessageContaining("2 sealed segments of Basic were damaged");

        assertThat(store.usable(store.now())).isEqualTo(whole - 2);
        assertThat(store.readAll(store.now())).isEqualTo(store.bodies(store.now()));
        store.sealing.seal();
        assertThat(store.usable(store.now())).isEqualTo(whole);
    }
}
