package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.RowTotals;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Numbers and sizes of rows by indexes alone are those of the rows themselves. */
@IntegrationTest
class CountedByKeyTest {
    private static final ResourceType TYPE = ResourceType.of("Observation");
    private static final int ROWS = 400;
    /** Of fifty. */
    private static final Set<String> PATIENTS =
            IntStream.range(1, 20).mapToObj(n -> "p" + n).collect(Collectors.toSet());

    private static SluiceServer server;
    private static Instant before;
    private static Instant timestamp;

    /** A third has no patient, some have two; some change, lose their patients, get some, or are deleted. */
    @BeforeAll
    static void write() {
        server = SluiceServer.start();
        write(0, ROWS, 3);
        before = close();
        write(0, ROWS / 4, 2);
        List<ResourceWrite> deletions = new ArrayList<>();
        for (int i = 0; i < ROWS; i += 7) {
            deletions.add(ResourceWrite.delete(new ResourceKey(TYPE, "o" + i)));
        }
        server.bean(RowWriter.class).write(deletions);
        timestamp = close();
        server.bean(JdbcTemplate.class).execute("vacuum analyze resource_observation");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void write(int from, int to, int beside) {
        List<ResourceWrite> writes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            List<String> patients = i % 4 == 0 ? List.of("p" + i % 50, "p" + i % 7) : List.of("p" + i % 50);
            writes.add(write(i, i % beside == 0 ? List.of() : patients));
        }
        server.bean(RowWriter.class).write(writes);
    }

    private static ResourceWrite write(int number, List<String> patients) {
        byte[] body = ("{\"id\":\"o" + number + "\",\"text\":\"" + "x".repeat(4 * number) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        return new ResourceWrite(
                new ResourceKey(TYPE, "o" + number),
                new ResourceWrite.Content((version, at) -> body, patients, new long[] {number}, null),
                VersionCondition.NONE);
    }

    private static Instant close() {
        return server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
    }

    private static List<RowQuery> queries() {
        RowScope patients = new RowScope.AnyPatientBut(null);
        return List.of(
                RowQuery.of(TYPE, timestamp, patients),
                RowQuery.of(TYPE, before, patients),
                few(timestamp),
                few(before),
                RowQuery.everything(TYPE, timestamp),
                RowQuery.everything(TYPE, before));
    }

    private static RowQuery few(Instant at) {
        return RowQuery.of(TYPE, at, new RowScope.FewPatients(numbers()));
    }

    private static int[] numbers() {
        return server.bean(PatientNumbers.class).numbers(PATIENTS).byId().values().stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Test
    void countIsThatOfTheRows() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        for (RowQuery query : queries()) {
            assertThat(server.bean(RowRanges.class).count(query))
                    .isEqualTo(jdbc.queryForObject("select count(*) from " + query.from(), Long.class))
                    .isBetween(ROWS / 8L, (long) ROWS);
        }
    }

    @Test
    void fewPatientsHaveTheRowsThatNameOneOfThem() {
        String named = "exists (select from unnest(compartment) p where p = any(?))";
        for (Instant at : List.of(timestamp, before)) {
            long rows = server.bean(RowTotals.class).count(List.of(few(at)));
            assertThat(rows)
                    .isEqualTo(server.bean(JdbcTemplate.class)
                            .queryForObject(
                                    "select count(*) from resource_observation where " + RowQuery.asOf(at)
                                            + " and not deleted and " + named,
                                    Long.class,
                                    numbers()));
            assertThat(server.bean(RowTotals.class).cut(List.of(few(at)), Long.MAX_VALUE))
                    .singleElement()
                    .satisfies(ranges ->
                            assertThat(ranges).extracting(KeyRange::rows).containsExactly(rows));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 5_000, 10_000_000})
    void rangesAreThoseOfTheRows(long bytes) {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        for (RowQuery query : queries()) {
            List<KeyRange> ranges = server.bean(RowRanges.class).cut(query, bytes);
            assertThat(ranges)
                    .isNotEmpty()
                    .allSatisfy(range -> assertThat(
                                    jdbc.queryForObject("select count(*) from " + within(query, range), Long.class))
                            .isEqualTo(range.rows()));
            assertThat(ranges)
                    .allSatisfy(range -> assertThat(
                                    jdbc.queryForObject("select sum(bytes) from " + within(query, range), Long.class))
                            .isEqualTo(range.bytes()));
        }
    }

    private static String within(RowQuery query, KeyRange range) {
        return query.from() + " and key between " + range.first() + " and " + range.last();
    }

    @Test
    void noRowIsLookedAtForWhatAllPatientsHaveOrFewHaveAlone() {
        List<String> plans = server.bean(TransactionTemplate.class).execute(status -> {
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            // What is best for a table as small as this one is not what is best for a large one.
            jdbc.execute("set local enable_seqscan to off");
            jdbc.execute("set local enable_bitmapscan to off");
            return queries().subList(0, 4).stream()
                    .map(query -> query.fromByKey().get(0))
                    .map(rows -> String.join(
                            "\n", jdbc.queryForList("explain select count(*), sum(bytes) from " + rows, String.class)))
                    .toList();
        });
        assertThat(plans)
                .allSatisfy(plan -> assertThat(plan)
                        .contains("Index Only Scan")
                        .doesNotContain("Bitmap", "Seq Scan", " Index Scan"));
    }

    /** Also of a type of which no row is shared: another index would have all of its rows read. */
    @Test
    void anIndexFindsWhatFewPatientsShareWithOthers() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        ResourceType none = ResourceType.of("Condition");
        List<ResourceWrite> writes = IntStream.range(0, 5 * ROWS)
                .mapToObj(number -> new ResourceWrite(
                        new ResourceKey(none, "c" + number),
                        new ResourceWrite.Content(
                                (version, at) -> new byte[] {'{', '}'}, List.of("p1"), new long[0], null),
                        VersionCondition.NONE))
                .toList();
        server.bean(RowWriter.class).write(writes);
        jdbc.execute("vacuum analyze resource_condition");
        Instant now = close();

        RowScope shared = new RowScope.SharedWith(new RowScope.FewPatients(numbers()));
        for (ResourceType type : List.of(TYPE, none)) {
            String rows = RowQuery.of(type, now, shared).from();
            String plan = server.bean(TransactionTemplate.class).execute(status -> {
                jdbc.queryForList("select " + ClosedTimestamps.BY_INDEX_ONLY);
                return String.join("\n", jdbc.queryForList("explain select compartment from " + rows, String.class));
            });
            assertThat(plan).contains("_compartment_idx").doesNotContain("_last_updated_idx");
        }
    }
}
