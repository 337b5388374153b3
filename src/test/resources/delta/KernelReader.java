import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads a table by Delta Kernel, in a process of its own, since Kernel needs Hadoop. For each version that is named, it
 * prints the number of the version, how many files a search for a patient and for a time reads, and the rows.
 */
final class KernelReader {
    private static final PrintStream OUT = System.out;

    /** @param arguments the table, a patient, a time in microseconds, and versions */
    public static void main(String[] arguments) throws Exception {
        Engine engine = DefaultEngine.create(new Configuration());
        Table table = Table.forPath(engine, arguments[0]);
        OUT.println("last " + table.getLatestSnapshot(engine).getVersion());
        for (int i = 3; i < arguments.length; i++) {
            Snapshot snapshot = table.getSnapshotAsOfVersion(engine, Long.parseLong(arguments[i]));
            OUT.println("version " + snapshot.getVersion() + " " + snapshot.getSchema());
            files(engine, snapshot, new Predicate("=", new Column("patient"), Literal.ofString(arguments[1])));
            long micros = Long.parseLong(arguments[2]);
            files(engine, snapshot, new Predicate(">=", new Column("last_updated"), Literal.ofTimestamp(micros)));
            rows(engine, snapshot.getScanBuilder().build());
        }
    }

    private static void files(Engine engine, Snapshot snapshot, Predicate filter) throws Exception {
        int read = 0;
        Scan scan = snapshot.getScanBuilder().withFilter(filter).build();
        try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
            while (files.hasNext()) {
                try (CloseableIterator<Row> rows = files.next().getRows()) {
                    for (; rows.hasNext(); rows.next()) {
                        read++;
                    }
                }
            }
        }
        OUT.println("files " + read);
    }

    private static void rows(Engine engine, Scan scan) throws Exception {
        Row state = scan.getScanState(engine);
        StructType columns = ScanStateRow.getPhysicalDataReadSchema(state);
        try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
            while (files.hasNext()) {
                try (CloseableIterator<Row> rows = files.next().getRows()) {
                    while (rows.hasNext()) {
                        file(engine, state, rows.next(), columns);
                    }
                }
            }
        }
    }

    private static void file(Engine engine, Row state, Row file, StructType columns) throws Exception {
        CloseableIterator<FileReadResult> read = engine.getParquetHandler()
                .readParquetFiles(
                        Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                        columns,
                        Optional.empty());
        CloseableIterator<ColumnarBatch> data = read.map(FileReadResult::getData);
        try (CloseableIterator<FilteredColumnarBatch> batches =
                Scan.transformPhysicalData(engine, state, file, data)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        OUT.println("row " + rows.next().getString(columns.indexOf("body")));
                    }
                }
            }
        }
    }
}
