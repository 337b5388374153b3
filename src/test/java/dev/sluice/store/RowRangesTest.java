package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Ranges of keys cover the rows of a query without overlap, whatever their sizes. */
@IntegrationTest
class RowRangesTest {
    private static final ResourceType TYPE = ResourceType.of("Basic");
    private static final int ROWS = 700;

    private static SluiceServer server;
    private static Instant timestamp;

    @BeforeAll
    static void write() {
        server = SluiceServer.start();
        Random random = new Random(1);
        List<ResourceWrite> writes = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String filler = "x".repeat(random.nextInt(20) == 0 ? 20_000 : random.nextInt(900));
            writes.add(write(i, filler));
        }
        RowWriter writer = server.bean(RowWriter.class);
        writer.write(writes);
        for (int i = 0; i < ROWS; i += 7) {
            writer.write(List.of(i % 2 == 0 ? ResourceWrite.delete(key(i)) : write(i, "changed")));
        }
        timestamp = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @RepeatedTest(20)
    void rangesCoverTheRowsWithoutOverlapAndTheirNumbersAreTrue(RepetitionInfo repetition) {
        long size = 1L << repetition.getCurrentRepetition();
        RowQuery query = RowQuery.everything(TYPE, timestamp);

        List<KeyRange> ranges = server.bean(RowRanges.class).cut(query, size);

        ByteArrayOutputStream read = new ByteArrayOutputStream();
        long previous = -1;
        for (KeyRange range : ranges) {
            int before = read.size();
            long[] largest = {0};
            long rows = server.bean(RowStream.class)
                    .read(
                            query,
                            range,
                            (buffer, offset, length) -> {
                                read.write(buffer, offset, length);
                                read.write('\n');
                                largest[0] = Math.max(largest[0], length + 1);
                            },
                            cancel -> {});
            assertThat(range.first()).isGreaterThan(previous).isLessThanOrEqualTo(range.last());
            assertThat(rows).isEqualTo(range.rows()).isPositive();
            assertThat(range.largest()).isEqualTo(largest[0]);
            assertThat((long) read.size() - before).isEqualTo(range.bytes());
            previous = range.last();
        }
        List<String> stored = server.bean(JdbcTemplate.class)
                .queryForList(
                        "select body from resource where type = 'Basic' and superseded_at is null and not deleted"
                                + " order by key",
                        String.class);
        assertThat(read.toString(StandardCharsets.UTF_8)).isEqualTo(String.join("\n", stored) + "\n");
    }

    private static ResourceWrite write(int number, String filler) {
        return new ResourceWrite(
                key(number),
                new ResourceWrite.Content(
                        (version, at) -> ("{\"id\":\"b" + number + "\",\"text\":\"" + filler + "\",\"v\":" + version
                                        + "}")
                                .getBytes(StandardCharsets.UTF_8),
                        List.of(),
                        new long[0],
                        null),
                VersionCondition.NONE);
    }

    private static ResourceKey key(int number) {
        return new ResourceKey(TYPE, "b" + number);
    }
}
