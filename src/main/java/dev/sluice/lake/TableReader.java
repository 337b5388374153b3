package dev.sluice.lake;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file that {@link TableWriter} has written, as a blob. It holds one group of rows in memory, compressed, and one
 * page of each column. The file is read once, by one of the methods. For use by one thread.
 */
public final class TableReader implements AutoCloseable {
    private final TableSchema schema;
    private final ParquetFileReader parquet;

    private TableReader(TableSchema schema, ParquetFileReader parquet) {
        this.schema = schema;
        this.parquet = parquet;
    }

    /**
     * Opens a file.
     *
     * @param bytes the size of the blob
     * @param schema the columns that it was written with, none of which is a list
     * @throws dev.sluice.blob.BlobException if the storage cannot give it
     * @throws UncheckedIOException if it is no such file
     */
    public static TableReader of(BlobStore blobs, BlobPath path, long bytes, TableSchema schema) {
        ZstdPages pages = new ZstdPages();
        try {
            ParquetReadOptions options = new ParquetReadOptions.Builder(new PlainParquetConfiguration())
                    .withCodecFactory(pages)
                    .withAllocator(new HeapByteBufferAllocator())
                    .build();
            return new TableReader(schema, ParquetFileReader.open(new BlobFile(blobs, path, bytes), options));
        } catch (IOException e) {
            pages.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            pages.release();
            throw e;
        }
    }

    /** Takes the values of a column. */
    @FunctionalInterface
    public interface Texts {
        /**
         * Takes a value.
         *
         * @param row the number of the row in the file, from 0
         */
        void take(long row, byte[] utf8);
    }

    /** Reads one column of texts, and nothing of the others. Rows without a value are passed over. */
    public void each(int column, Texts texts) {
        TableSchema only = new TableSchema(List.of(schema.columns().get(column)));
        MessageType message = only.parquet();
        parquet.setRequestedSchema(message);
        long row = 0;
        for (Group group = next(only); group != null; group = next(only)) {
            Column values = group.columns.get(0);
            for (long i = 0; i < group.rows; i++) {
                if (values.isSet()) {
                    texts.take(row, values.reader.getBinary().getBytesUnsafe());
                    values.reader.skip();
                }
                values.reader.consume();
                row++;
            }
        }
    }

    /** Writes the rows whose number the condition accepts to another table with the same columns, in their order. */
    public void copy(TableWriter target, LongPredicate wanted) {
        long row = 0;
        for (Group group = next(schema); group != null; group = next(schema)) {
            for (long i = 0; i < group.rows; i++) {
                boolean copied = wanted.test(row++);
                for (int column = 0; column < group.columns.size(); column++) {
                    group.columns.get(column).pass(copied ? target.row() : null, column);
                }
                if (copied) {
                    target.write();
                }
            }
        }
    }

    /** The next rows; null at the end. */
    private @Nullable Group next(TableSchema read) {
        try {
            PageReadStore pages = parquet.readNextRowGroup();
            if (pages == null) {
                return null;
            }
            MessageType message = read.parquet();
            String writer = parquet.getFileMetaData().getCreatedBy();
            ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, new NoRows(), message, writer);
            List<Column> columns = new ArrayList<>();
            for (TableColumn column : read.columns()) {
                if (column.type() == ColumnType.STRING_LIST) {
                    throw new IllegalArgumentException("Tables with lists are not read.");
                }
                ColumnReader reader = store.getColumnReader(message.getColumnDescription(new String[] {column.name()}));
                columns.add(new Column(column.type(), column.nullable() ? 1 : 0, reader));
            }
            return new Group(pages.getRowCount(), columns);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            parquet.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Group(long rows, List<Column> columns) {}

    /** @param present the definition level of a value */
    private record Column(ColumnType type, int present, ColumnReader reader) {
        boolean isSet() {
            return reader.getCurrentDefinitionLevel() == present;
        }

        /** Goes on to the next row. The value of this row is set in another row, unless that is null. */
        void pass(@Nullable TableRow target, int column) {
            if (isSet()) {
                if (target != null) {
                    set(target, column);
                }
                reader.skip();
            }
            reader.consume();
        }

        private void set(TableRow target, int column) {
            switch (type) {
                case STRING -> target.object(column, type, reader.getBinary());
                case INT, DATE -> target.number(column, type, reader.getInteger());
                case LONG, TIMESTAMP -> target.number(column, type, reader.getLong());
                case DOUBLE -> target.number(column, type, Double.doubleToRawLongBits(reader.getDouble()));
                case BOOLEAN -> target.number(column, type, reader.getBoolean() ? 1 : 0);
                case STRING_LIST -> throw new IllegalStateException("Tables with lists are not read.");
            }
        }
    }

    /** Values are taken from the readers of columns one by one, and not given to converters. */
    private static final class NoRows extends GroupConverter {
        @Override
        public Converter getConverter(int field) {
            return new PrimitiveConverter() {};
        }

        @Override
        public void start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void end() {
            throw new UnsupportedOperationException();
        }
    }
}
