package dev.sluice.lake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * What a file of a table holds, by which a reader can leave it aside.
 *
 * @param rows the number of rows
 * @param columns the ranges of values by column; of the first columns of texts and times only
 */
public record TableStatistics(long rows, Map<String, Range> columns) {
    /** The range of longer texts is not told. */
    private static final int LONGEST = 128;

    /** Logs have the ranges of so many columns only, since a table can have thousands. */
    private static final int MOST_COLUMNS = 32;

    /**
     * The values of a column.
     *
     * @param min no value is less; a time in ISO format, cut to milliseconds; null = it is not known, or there is no value
     * @param max no value is greater; a time is rounded up to milliseconds; null = the same
     * @param nulls the number of rows without a value
     */
    public record Range(@Nullable String min, @Nullable String max, long nulls) {}

    public TableStatistics {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** The statistics in the footer of a file. */
    static TableStatistics of(TableSchema schema, List<BlockMetaData> groups) {
        Map<String, Range> columns = new LinkedHashMap<>();
        for (TableColumn column : schema.columns()) {
            boolean ordered = column.type() == ColumnType.STRING || column.type() == ColumnType.TIMESTAMP;
            boolean told = ordered && !column.large() && columns.size() < MOST_COLUMNS;
            Statistics<?> all = told ? merged(column.name(), groups) : null;
            if (all != null) {
                columns.put(column.name(), range(column.type(), all));
            }
        }
        return new TableStatistics(
                groups.stream().mapToLong(BlockMetaData::getRowCount).sum(), columns);
    }

    /** Those of all groups of rows; null if a group has none. */
    private static @Nullable Statistics<?> merged(String column, List<BlockMetaData> groups) {
        Statistics<?> all = null;
        for (BlockMetaData group : groups) {
            for (ColumnChunkMetaData chunk : group.getColumns()) {
                if (!chunk.getPath().toDotString().equals(column)) {
                    continue;
                }
                Statistics<?> statistics = chunk.getStatistics();
                if (statistics == null || statistics.isEmpty() || !statistics.isNumNullsSet()) {
                    return null;
                }
                if (all == null) {
                    all = statistics.copy();
                } else {
                    all.mergeStatistics(statistics);
                }
            }
        }
        return all;
    }

    private static Range range(ColumnType type, Statistics<?> all) {
        if (!all.hasNonNullValue()) {
            return new Range(null, null, all.getNumNulls());
        }
        if (type == ColumnType.TIMESTAMP) {
            Instant min = instant((Long) all.genericGetMin());
            Instant max = instant((Long) all.genericGetMax());
            Instant cut = max.truncatedTo(ChronoUnit.MILLIS);
            return new Range(
                    min.truncatedTo(ChronoUnit.MILLIS).toString(),
                    (cut.equals(max) ? max : cut.plusMillis(1)).toString(),
                    all.getNumNulls());
        }
        Binary min = (Binary) all.genericGetMin();
        Binary max = (Binary) all.genericGetMax();
        return min.length() > LONGEST || max.length() > LONGEST
                ? new Range(null, null, all.getNumNulls())
                : new Range(text(min), text(max), all.getNumNulls());
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static String text(Binary value) {
        return new String(value.getBytes(), StandardCharsets.UTF_8);
    }
}
