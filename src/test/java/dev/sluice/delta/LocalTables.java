package dev.sluice.delta;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.LocalStores;
import dev.sluice.output.ResourceColumns;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tables in a local folder, without a server. */
abstract class LocalTables {
    static final String COLUMNS = "id, body";

    /** Tables of resources. */
    static final TableSchemas RESOURCES = TableSchemas.ofAll(ResourceColumns.SCHEMA);

    @TempDir
    Path root;

    BlobStore blobs;
    DeltaTables tables;
    ExportedTables exports;

    @BeforeEach
    void open() {
        blobs = LocalStores.at(root);
        tables = tables(blobs);
        exports = new ExportedTables(blobs);
    }

    @AfterEach
    void close() {
        blobs.close();
    }

    /** The lease is held. */
    static void held() {}

    DeltaReader reader(String table) {
        return DeltaReader.of(root.resolve(ExportedTables.CONTAINER).resolve(table));
    }

    static DeltaTables tables(BlobStore store) {
        return new DeltaTables(store, Clock.systemUTC());
    }

    static Map<String, String> rows(int from, int to, String body) {
        Map<String, String> rows = new TreeMap<>();
        for (int i = from; i < to; i++) {
            rows.put("id-" + i, body);
        }
        return rows;
    }
}
