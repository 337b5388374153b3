package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;

/** What is sealed and what is left as it is. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class SegmentBuilderTest {
    private final SealedStore store = new SealedStore();

    @BeforeEach
    void empty() {
        store.empty();
    }

    @AfterAll
    void stop() {
        store.close();
    }

    @Test
    void whatIsNotAtRestOrDoesNotFillASegmentStaysUnsealed() {
        store.fill(6);
        try (SluiceServer patient = SluiceServer.start("--sluice.seal.after=1h", "--sluice.seal.size=1KB")) {
            for (int i = 0; i < 30; i++) {
                String body = "{\"n\":\"" + "x".repeat(200) + i + "\"}";
                patient.bean(RowWriter.class)
                        .write(List.of(new ResourceWrite(
                                SealedStore.key(i), SealedStore.content(body), VersionCondition.NONE)));
            }
            patient.bean(SegmentBuilder.class).seal();
            assertThat(patient.bean(JdbcTemplate.class).queryForObject("select count(*) from segment", Integer.class))
                    .isZero();
        }

        store.sealing.seal();

        Long unsealed = store.jdbc.queryForObject(
                "select coalesce(sum(bytes), 0) from resource_basic where key > (select max(last_key) from segment)",
                Long.class);
        assertThat(unsealed).isBetween(0L, 1023L);
    }

    @Test
    void aTypeThatIsAsItWasLeftIsNotTouchedAndWhatIsRemovedIsMadeAnew() {
        store.fill(4);
        store.sealing.seal();
        Instant clean = Segments.unchangedUntil(store.jdbc, SealedStore.TYPE);
        int segments = store.usable(store.now());

        store.sealing.seal();
        assertThat(Segments.unchangedUntil(store.jdbc, SealedStore.TYPE)).isEqualTo(clean);

        store.jdbc.execute("truncate segment");
        store.sealing.seal();
        assertThat(store.usable(store.now())).isEqualTo(segments);
        assertThat(Segments.unchangedUntil(store.jdbc, SealedStore.TYPE)).isNotEqualTo(clean);
    }

    /** They would have to be in memory to be sealed, and cost little to read as they are. */
    @Test
    void largeRowsStayUnsealed() {
        Random random = new Random(8);
        for (int i = 0; i < SealedStore.RESOURCES; i++) {
            store.put(i, random);
            if (i % 50 == 10) {
                store.writer.write(List.of(new ResourceWrite(
                        SealedStore.key(1_000 + i),
                        SealedStore.content("\"" + "x".repeat(3_000) + "\""),
                        VersionCondition.NONE)));
            }
        }

        store.sealing.seal();

        assertThat(store.jdbc.queryForList("select bytes from segment", Long.class))
                .hasSizeGreaterThan(10)
                .allMatch(bytes -> bytes <= 2_048);
        assertThat(store.readAll(store.now())).isEqualTo(store.bodies(store.now()));
    }

    /** Rows that are gone leave no holes behind that each read would have to look into. */
    @Test
    void keysWithoutRowsGoToTheSegmentBeforeThem() {
        store.fill(9);
        store.sealing.seal();
        int before = store.usable(store.now());
        KeyRange second = segments().get(1);
        List<String> ids = store.jdbc.queryForList(
                "select id from resource_basic where key between " + second.first() + " and " + second.last(),
                String.class);

        store.hold();
        ids.forEach(id -> store.writer.write(List.of(ResourceWrite.delete(new ResourceKey(SealedStore.TYPE, id)))));
        assertThat(store.usable(store.now())).isEqualTo(before - 1);
        store.sealing.seal();

        List<KeyRange> after = segments();
        assertThat(after.get(0).last()).isEqualTo(second.last());
        store.checkHeld();
        assertThat(KeySpan.of(new KeyRange(0, after.get(after.size() - 1).last(), 0, 0, 0), after))
                .hasSize(1);
    }

    /** Of a large type, a plan holds few pieces. */
    @Test
    void adjacentSegmentsAreJoinedUpToASize() {
        store.fill(9);
        store.sealing.seal();
        List<KeyRange> all = segments();
        assertThat(all).hasSizeGreaterThan(3);
        KeyRange whole = all.stream().reduce(KeyRange::and).orElseThrow();

        assertThat(joined(Long.MAX_VALUE)).containsExactly(whole);
        assertThat(joined(whole.bytes() - 1)).hasSizeBetween(2, all.size() - 1);
        assertThat(joined(0)).isEqualTo(all);

        String changed = store.jdbc
                .queryForList(
                        "select id from resource_basic where key = "
                                + all.get(1).first(),
                        String.class)
                .get(0);
        store.writer.write(List.of(ResourceWrite.delete(new ResourceKey(SealedStore.TYPE, changed))));
        assertThat(joined(Long.MAX_VALUE))
                .containsExactly(
                        all.get(0),
                        all.subList(2, all.size()).stream()
                                .reduce(KeyRange::and)
                                .orElseThrow());
    }

    private List<KeyRange> joined(long bytes) {
        return Segments.joined(store.jdbc, RowQuery.everything(SealedStore.TYPE, store.now()), KeyRange.ALL, bytes);
    }

    private List<KeyRange> segments() {
        return store.jdbc.query(
                "select first_key, last_key, lines, bytes, 0 from segment where type = ? order by first_key",
                (row, n) -> KeyRange.read(row, 1),
                SealedStore.TYPE.name());
    }
}
