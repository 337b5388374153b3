package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.ClosedTimestamps;
import dev.sluice.store.IndexLookup;
import dev.sluice.store.KeyRange;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowRanges;
import dev.sluice.store.RowScope;
import dev.sluice.store.RowWriter;
import dev.sluice.store.VersionCondition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Queries that are looked at together find what each of them finds alone. */
@IntegrationTest
class RowTotalsTest {
    private static final ResourceType BASIC = ResourceType.of("Basic");
    private static final ResourceType FLAG = ResourceType.of("Flag");
    private static final int ROWS = 300;

    private static SluiceServer server;
    private static Instant timestamp;

    @BeforeAll
    static void write() {
        server = SluiceServer.start();
        List<ResourceWrite> writes = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            writes.add(write(i % 3 == 0 ? FLAG : BASIC, i));
        }
        server.bean(RowWriter.class).write(writes);
        timestamp = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 5_000, 1_000_000})
    void rangesAreThoseThatEachQueryHasAlone(long bytes) {
        List<List<KeyRange>> together = server.bean(RowTotals.class).cut(queries(), bytes);

        RowRanges ranges = server.bean(RowRanges.class);
        assertThat(together)
                .isEqualTo(queries().stream()
                        .map(query -> ranges.cut(query, bytes))
                        .toList());
        assertThat(together.get(1)).hasSizeGreaterThan(bytes == 100 ? 10 : 0);
        assertThat(together.get(2)).isEmpty();
        assertThat(together.get(5)).isEmpty();
    }

    /** What the first look does not see the end of is cut by a look of its own. */
    @Test
    void manyRowsAreAllInTheRanges() {
        RowRanges ranges = server.bean(RowRanges.class);

        assertThat(server.bean(RowTotals.class).cut(queries(), 1_000_000, 5))
                .isEqualTo(queries().stream()
                        .map(query -> ranges.cut(query, 1_000_000))
                        .toList());
    }

    @Test
    void rowsOfAllQueriesAreCounted() {
        RowRanges ranges = server.bean(RowRanges.class);
        long each = queries().stream().mapToLong(ranges::count).sum();

        assertThat(server.bean(RowTotals.class).count(queries()))
                .isEqualTo(each)
                .isGreaterThan(ROWS);
        assertThat(server.bean(RowTotals.class).count(List.of())).isZero();
    }

    @Test
    void deletionsAreInOneRangeWhateverItsSize() {
        RowQuery few = having(FLAG, 1);
        RowQuery deletions = new RowQuery(
                        FLAG, timestamp, null, new RowScope.Only("b3"), null, RowQuery.Versions.CURRENT, few.content())
                .since(Instant.EPOCH)
                .withContent(RowQuery.RowContent.DELETIONS);

        assertThat(server.bean(RowTotals.class).cut(List.of(few, deletions), 1))
                .isEqualTo(List.of(
                        server.bean(RowRanges.class).cut(few, 1),
                        server.bean(RowRanges.class).cut(deletions, 1)));
    }

    private static List<RowQuery> queries() {
        return List.of(
                RowQuery.everything(BASIC, timestamp),
                having(BASIC, 1),
                having(BASIC, 99),
                having(FLAG, 2),
                RowQuery.everything(BASIC, timestamp).since(Instant.EPOCH),
                RowQuery.everything(FLAG, timestamp).since(timestamp),
                RowQuery.everything(FLAG, timestamp),
                RowQuery.of(FLAG, timestamp, new RowScope.Only("b3")),
                RowQuery.of(FLAG, timestamp, new RowScope.Nobody()));
    }

    private static RowQuery having(ResourceType type, long number) {
        return new RowQuery(
                type,
                timestamp,
                null,
                new RowScope.Everything(),
                new IndexLookup(List.of(List.of(new IndexLookup.HasToken(new long[] {number})))),
                RowQuery.Versions.CURRENT,
                RowQuery.RowContent.RESOURCES);
    }

    private static ResourceWrite write(ResourceType type, int number) {
        String filler = "x".repeat(number);
        return new ResourceWrite(
                new ResourceKey(type, "b" + number),
                new ResourceWrite.Content(
                        (version, at) -> ("{\"id\":\"b" + number + "\",\"text\":\"" + filler + "\"}")
                                .getBytes(StandardCharsets.UTF_8),
                        List.of(),
                        new long[] {number % 4},
                        null),
                VersionCondition.NONE);
    }
}
