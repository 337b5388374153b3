package dev.sluice.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWriterTest {
    static final TableSchema ALL = TableSchema.of(
            TableColumn.required("id", ColumnType.STRING),
            TableColumn.of("names", ColumnType.STRING_LIST),
            TableColumn.of("age", ColumnType.INT),
            TableColumn.of("count", ColumnType.LONG),
            TableColumn.of("share", ColumnType.DOUBLE),
            TableColumn.of("active", ColumnType.BOOLEAN),
            TableColumn.of("updated", ColumnType.TIMESTAMP),
            TableColumn.of("birth", ColumnType.DATE),
            TableColumn.large("body"));

    @TempDir
    Path folder;

    @Test
    void duckDbReadsEachTypeAndNulls() throws Exception {
        Path file = folder.resolve("all.parquet");
        try (OutputStream out = Files.newOutputStream(file);
                TableWriter table = TableWriter.to(out, ALL)) {
            full(table);
            table.row().text(8, "taken back");
            table.row().text(8, null);
            table.row().timestamp(6, Instant.EPOCH);
            table.row().timestamp(6, null);
            table.row().text(0, "only-id");
            table.write();
            table.row().text(0, "lists");
            table.row().texts(1, List.of());
            table.write();
            table.finish();
        }
        assertThat(DuckDb.rows("select id, names::varchar, age, count, share, active,"
                        + " (updated at time zone 'UTC')::varchar, birth::varchar, body from '" + file + "'"))
                .containsExactly(
                        "Zoë | [a, b] | -7 | 9000000000 | 0.1 | true | 1969-12-31 23:59:59.999123 | 1899-12-31 | {\"ä\":1}",
                        "only-id | null | null | null | null | null | null | null | null",
                        "lists | [] | null | null | null | null | null | null | null");
        assertThat(DuckDb.rows("select column_name || ' ' || column_type from (describe select * from '" + file + "')"))
                .containsExactly(
                        "id VARCHAR",
                        "names VARCHAR[]",
                        "age INTEGER",
                        "count BIGINT",
                        "share DOUBLE",
                        "active BOOLEAN",
                        "updated TIMESTAMP WITH TIME ZONE",
                        "birth DATE",
                        "body VARCHAR");
    }

    static void full(TableWriter table) {
        byte[] reused = "xZoëx".getBytes(UTF_8);
        TableRow row = table.row();
        row.text(0, reused, 1, reused.length - 2);
        row.texts(1, List.of("a", "b"));
        row.integer(2, -7);
        row.longInteger(3, 9_000_000_000L);
        row.decimal(4, 0.1);
        row.flag(5, true);
        row.timestamp(6, Instant.parse("1969-12-31T23:59:59.999123Z"));
        row.date(7, LocalDate.parse("1899-12-31"));
        row.text(8, "{\"ä\":1}");
        table.write();
        reused[1] = '?';
    }

    @Test
    void groupsOfRowsAreLimitedByBytesAndHaveStatistics() throws Exception {
        Path file = folder.resolve("large.parquet");
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(file);
                TableWriter table = TableWriter.to(out, ALL)) {
            for (int i = 0; i < 4_000; i++) {
                byte[] noise = new byte[6_000]; // 12,000 characters, which zstd halves
                random.nextBytes(noise);
                table.row().text(0, String.format("%08d", i));
                table.row().text(8, HexFormat.of().formatHex(noise));
                table.write();
            }
            assertThat(table.bytes()).isGreaterThan(20_000_000);
            table.finish();
        }
        List<String> groups = DuckDb.rows("select row_group_num_rows, compression, stats_min_value, stats_max_value"
                + " from parquet_metadata('" + file + "') where path_in_schema = 'id' order by row_group_id");
        assertThat(groups).hasSizeBetween(2, 3).first().asString().contains(" | ZSTD | 00000000 | 0000");
        assertThat(DuckDb.rows("select max(total_compressed_size) < 20000000, count(stats_max_value)"
                        + " from parquet_metadata('" + file + "') where path_in_schema = 'body'"))
                .containsExactly("true | 0");
    }

    /** A page and a group are in memory until they are written. */
    @Test
    void groupsOfAFewLargeRowsAreLimitedToo() throws Exception {
        Path file = folder.resolve("few.parquet");
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(file);
                TableWriter table = TableWriter.to(out, ALL)) {
            for (int i = 0; i < 60; i++) {
                byte[] noise = new byte[800_000];
                random.nextBytes(noise);
                table.row().text(0, "few");
                table.row().text(8, HexFormat.of().formatHex(noise));
                table.write();
            }
            table.finish();
        }
        assertThat(DuckDb.rows("select max(row_group_num_rows) < 40 and sum(row_group_num_rows) = 60"
                        + " from parquet_metadata('" + file + "') where path_in_schema = 'id'"))
                .containsExactly("true");
    }

    @Test
    void aRowWithoutARequiredValueAndAValueOfAnotherTypeAreRefused() throws Exception {
        try (TableWriter table = TableWriter.to(new ByteArrayOutputStream(), ALL)) {
            assertThatThrownBy(() -> table.row().integer(0, 1)).hasMessageContaining("'id' has the type STRING");
            table.row().integer(2, 1);
            assertThatThrownBy(table::write).hasMessageContaining("'id' must have a value");
        }
        assertThatThrownBy(
                        () -> TableSchema.of(TableColumn.of("a", ColumnType.INT), TableColumn.of("a", ColumnType.LONG)))
                .hasMessageContaining("two columns with the name 'a'");
    }
}
