package dev.sluice.lake;

import dev.sluice.blob.BlobWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a table to a Parquet file, compressed with zstd. Equal rows give equal bytes. It holds one group
 * of rows in memory, of about 16 MiB after compression. For use by one thread.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/">the format Parquet</a>
 */
public final class TableWriter implements AutoCloseable {
    /** Compressed bytes of a group of rows. Text of JSON has ten times this size, which is enough rows to read at a time. */
    private static final long ROW_GROUP = 16 << 20;

    /** Bytes of a page before compression. */
    private static final int PAGE = 1 << 20;

    /** Rows of a page: a column of numbers is small, and a reader skips whole pages. */
    private static final int PAGE_ROWS = 20_000;

    /** After so many rows at most, the sizes of the page and of the group are looked at. By default it is a hundred or more. */
    private static final int CHECKED_AFTER_ROWS = 10;

    /** A reader needs no more of a value to skip pages. */
    private static final int STATISTICS_BYTES = 64;

    private final TableSchema schema;
    private final TableRow row;
    private final ZstdCodec codec = new ZstdCodec();
    private final ParquetWriter<TableRow> parquet;
    private boolean finished;

    private TableWriter(TableSchema schema, OutputStream out) {
        this.schema = schema;
        this.row = new TableRow(schema);
        try {
            Builder builder = new Builder(schema, new StreamFile(out))
                    .withConf(new PlainParquetConfiguration())
                    .withCodecFactory(codec)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .withAllocator(new HeapByteBufferAllocator())
                    .withRowGroupSize(ROW_GROUP)
                    .withPageSize(PAGE)
                    .withPageRowCountLimit(PAGE_ROWS)
                    .withMinRowCountForPageSizeCheck(1)
                    .withMaxRowCountForPageSizeCheck(CHECKED_AFTER_ROWS)
                    .withColumnIndexTruncateLength(STATISTICS_BYTES)
                    .withStatisticsTruncateLength(STATISTICS_BYTES);
            for (TableColumn column : schema.columns()) {
                if (column.large()) {
                    builder.withDictionaryEncoding(column.name(), false)
                            .withStatisticsEnabled(column.name(), false)
                            .withSizeStatisticsEnabled(column.name(), false);
                }
            }
            this.parquet = builder.build();
        } catch (IOException e) {
            codec.release();
            throw new UncheckedIOException(e);
        }
    }

    /** Writes to a stream, which stays open. */
    public static TableWriter to(OutputStream out, TableSchema schema) {
        return new TableWriter(schema, out);
    }

    /** Writes to a blob. After {@link #finish()}, the caller commits the blob. */
    public static TableWriter to(BlobWriter blob, TableSchema schema) {
        return new TableWriter(schema, new BlobOutput(blob));
    }

    /** The row to fill in next. It is the same instance each time. */
    public TableRow row() {
        return row;
    }

    /**
     * Appends the row, and leaves it without values.
     *
     * @throws IllegalStateException if a column that must have a value has none
     */
    public void write() {
        try {
            parquet.write(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        row.clear();
    }

    /** The size of what was written so far, of which a part may be in memory, in bytes after compression. */
    public long bytes() {
        return parquet.getDataSize();
    }

    /** Writes what is left, and the footer. Without it there is no table. */
    public void finish() {
        finished = true;
        try {
            parquet.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the file holds. Called after {@link #finish()}. */
    public TableStatistics statistics() {
        return TableStatistics.of(schema, parquet.getFooter().getBlocks());
    }

    /** Releases what the writer holds. */
    @Override
    public void close() {
        if (!finished) {
            codec.release(); // a finished writer has released it
        }
    }

    private static final class BlobOutput extends OutputStream {
        private final BlobWriter blob;

        BlobOutput(BlobWriter blob) {
            this.blob = blob;
        }

        @Override
        public void write(int value) {
            blob.write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            blob.write(bytes, offset, length);
        }
    }

    private static final class Builder extends ParquetWriter.Builder<TableRow, Builder> {
        private final TableSchema schema;

        Builder(TableSchema schema, OutputFile file) {
            super(file);
            this.schema = schema;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<TableRow> getWriteSupport(ParquetConfiguration configuration) {
            return new RowSupport(schema);
        }

        @Override
        @SuppressWarnings("deprecation") // abstract
        protected WriteSupport<TableRow> getWriteSupport(org.apache.hadoop.conf.Configuration configuration) {
            return new RowSupport(schema);
        }
    }

    private static final class RowSupport extends WriteSupport<TableRow> {
        private final TableSchema schema;
        private @Nullable RecordConsumer consumer;

        RowSupport(TableSchema schema) {
            this.schema = schema;
        }

        @Override
        public WriteContext init(ParquetConfiguration configuration) {
            return new WriteContext(schema.parquet(), Map.of());
        }

        @Override
        @SuppressWarnings("deprecation") // abstract
        public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
            return new WriteContext(schema.parquet(), Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer recordConsumer) {
            consumer = recordConsumer;
        }

        @Override
        public void write(TableRow values) {
            values.writeTo(Objects.requireNonNull(consumer));
        }
    }
}
