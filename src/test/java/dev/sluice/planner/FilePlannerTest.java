package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.store.KeyRange;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowWriter;
import dev.sluice.store.VersionCondition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** How the rows of an export become files and units. */
@IntegrationTest
class FilePlannerTest {
    private static final ResourceType BASIC = ResourceType.of("Basic");
    private static final int ROWS = 8_000;
    private static final long FILE = 5_000;
    private static final long MEGABYTE = 1 << 20;

    private static SluiceServer server;

    @BeforeAll
    static void write() {
        server = SluiceServer.start("--sluice.export.file-size=" + FILE + "B");
        List<ResourceWrite> writes = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String id = "b" + i;
            writes.add(new ResourceWrite(
                    new ResourceKey(BASIC, id),
                    new ResourceWrite.Content(
                            (version, at) -> ("{\"resourceType\":\"Basic\",\"id\":\"" + id + "\"}")
                                    .getBytes(StandardCharsets.UTF_8),
                            List.of(),
                            new long[0],
                            null),
                    VersionCondition.NONE));
        }
        server.bean(RowWriter.class).write(writes);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theLastFilesOfALargeExportAreAQuarter() {
        List<KeyRange> ranges = ranges();
        List<KeyRange> full =
                server.bean(RowTotals.class).cut(List.of(query()), FILE).get(0);

        assertThat(ranges.subList(0, full.size() - 8)).isEqualTo(full.subList(0, full.size() - 8));
        assertThat(ranges.subList(full.size() - 8, ranges.size()))
                .hasSizeGreaterThanOrEqualTo(29)
                .allSatisfy(range -> assertThat(range.bytes()).isLessThan(FILE / 4 + 200));
        assertThat(ranges.stream().mapToLong(KeyRange::rows).sum()).isEqualTo(ROWS);
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).first()).isGreaterThan(ranges.get(i - 1).last());
        }
    }

    @Test
    @SuppressWarnings("NullAway") // No file is organised.
    void theSmallestFilesHaveARowEach() {
        List<RowQuery> rows = List.of(query());
        RowTotals totals = server.bean(RowTotals.class);

        List<KeyRange> ranges = new FilePlanner(totals, null, layout(DataSize.ofBytes(1)))
                .withSmallEnd(rows, totals.cut(rows, 1))
                .get(0);

        assertThat(ranges)
                .hasSize(ROWS)
                .allSatisfy(range -> assertThat(range.rows()).isEqualTo(1));
    }

    /** The largest unit is always next, as the queue has it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 9})
    void workersEndWithinAQuarterOfAFileOfEachOther(int workers) {
        long[] busy = new long[workers];
        ranges().stream()
                .map(KeyRange::bytes)
                .sorted(Comparator.reverseOrder())
                .forEach(bytes -> busy[
                        IntStream.range(0, workers)
                                .boxed()
                                .min(Comparator.comparingLong(i -> busy[i]))
                                .orElseThrow()] += bytes);

        assertThat(Arrays.stream(busy).max().orElseThrow()
                        - Arrays.stream(busy).min().orElseThrow())
                .isLessThan(FILE / 4 + 200);
    }

    @Test
    @SuppressWarnings("NullAway") // No file has rows to count, and none is organised.
    void aUnitOfSeveralFilesIsSmall() {
        List<PlannedFile> files = new ArrayList<>();
        long[] megabytes = {70, 60, 3, 3, 3, 3, 3, 20, 1, 1};
        for (int i = 0; i < megabytes.length; i++) {
            files.add(new PlannedFile(
                    BASIC,
                    PlannedFile.Content.RESOURCES,
                    "Basic-" + i + ".ndjson",
                    null,
                    new KeyRange(i, i, 1, megabytes[i] * MEGABYTE, 0)));
        }

        List<PlannedUnit> units =
                new FilePlanner(null, null, layout(DataSize.ofMegabytes(64))).units(files, List.of(), false);

        assertThat(units.stream().map(unit -> unit.bytes() / MEGABYTE)).containsExactly(70L, 60L, 12L, 3L, 20L, 2L);
    }

    private static OutputLayout layout(DataSize fileSize) {
        return new OutputLayout(new ExportSettings(
                OutputNaming.AZURE, fileSize, ExportSettings.Compression.NONE, ExportSettings.NewMembers.EVERYTHING));
    }

    private static RowQuery query() {
        return RowQuery.everything(BASIC, Instant.now().plusSeconds(60));
    }

    private static List<KeyRange> ranges() {
        List<RowQuery> rows = List.of(query());
        return server.bean(FilePlanner.class)
                .withSmallEnd(rows, server.bean(RowTotals.class).cut(rows, FILE))
                .get(0);
    }
}
