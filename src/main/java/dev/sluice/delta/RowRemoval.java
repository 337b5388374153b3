package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.delta.DeltaExport.NewFile;
import dev.sluice.lake.TableReader;
import dev.sluice.lake.TableSchema;
import dev.sluice.lake.TableWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes the rows of some ids from the files of a table: writes files anew that had such rows, without them. It holds a
 * limited number of ids at a time, and one bit for each row of the table. For use by one thread.
 */
final class RowRemoval {
    /** In the schema of a table, the ids are first. */
    private static final int ID = 0;

    /** A new file gets no more rows from here on, in bytes. */
    private static final long FULL = 32 << 20;

    /** Each export adds a small file to a table. So many of them are put together. */
    private static final long SMALL = 4 << 20;

    private static final int MOST_SMALL = 20;

    private final BlobStore blobs;
    private final TableSchema schema;
    private final String container;
    private final String table;
    private final String folder;
    private final Runnable check;
    private final IdSet ids = new IdSet();
    private final Map<DataFile, BitSet> files = new LinkedHashMap<>();

    /** @param check throws if this process is to stop */
    RowRemoval(BlobStore blobs, TableSchema schema, DeltaExport export, String table, Runnable check) {
        this.blobs = blobs;
        this.schema = schema;
        this.container = export.container();
        this.table = table;
        this.folder = export.folder();
        this.check = check;
    }

    /** A file of ids. */
    record Source(BlobPath path, long bytes) {}

    /**
     * What a removal changes.
     *
     * @param dropped files that do not belong to the table any more
     * @param written files that do in their place
     */
    record Changes(List<DataFile> dropped, List<NewFile> written) {}

    /** Removes all rows whose ids are in a source. */
    Changes remove(List<DataFile> current, List<Source> sources) {
        current.forEach(file -> files.put(file, new BitSet()));
        for (Source source : sources) {
            check.run();
            try (TableReader reader = TableReader.of(blobs, source.path(), source.bytes(), schema)) {
                reader.each(ID, (row, id) -> {
                    ids.add(id);
                    if (ids.isFull()) {
                        mark();
                    }
                });
            }
        }
        mark();
        List<DataFile> dropped = dropped();
        return new Changes(dropped, write(dropped));
    }

    /** Marks the rows of the ids that were collected, and forgets these. */
    private void mark() {
        if (ids.isEmpty()) {
            return;
        }
        files.forEach((file, removed) -> {
            check.run();
            try (TableReader reader = TableReader.of(blobs, path(file), file.bytes(), schema)) {
                reader.each(ID, (row, id) -> {
                    if (ids.contains(id)) {
                        removed.set(Math.toIntExact(row));
                    }
                });
            }
        });
        ids.clear();
    }

    /** The files with marked rows, and small ones if there are many of them. */
    private List<DataFile> dropped() {
        boolean merged = files.keySet().stream().filter(RowRemoval::isSmall).count() > MOST_SMALL;
        return files.entrySet().stream()
                .filter(file -> !file.getValue().isEmpty() || (merged && isSmall(file.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isSmall(DataFile file) {
        return file.bytes() < SMALL;
    }

    /** Writes what is left of files to new ones. */
    private List<NewFile> write(List<DataFile> dropped) {
        List<NewFile> written = new ArrayList<>();
        List<DataFile> next = new ArrayList<>();
        long bytes = 0;
        for (DataFile file : dropped) {
            BitSet removed = files.getOrDefault(file, new BitSet());
            if (removed.cardinality() == file.rows()) {
                continue;
            }
            next.add(file);
            bytes += file.bytes();
            if (bytes >= FULL) {
                written.add(write(next, written.size() + 1));
                next.clear();
                bytes = 0;
            }
        }
        if (!next.isEmpty()) {
            written.add(write(next, written.size() + 1));
        }
        return written;
    }

    private NewFile write(List<DataFile> rows, int number) {
        String name = "kept-" + number + ".parquet";
        BlobPath target = new BlobPath(container, table + "/" + folder, name);
        try (BlobWriter blob = blobs.create(target, BlobStore.Encoding.IDENTITY);
                TableWriter writer = TableWriter.to(blob, schema)) {
            for (DataFile file : rows) {
                check.run();
                BitSet removed = files.getOrDefault(file, new BitSet());
                try (TableReader reader = TableReader.of(blobs, path(file), file.bytes(), schema)) {
                    reader.copy(writer, row -> !removed.get(Math.toIntExact(row)));
                }
            }
            writer.finish();
            return new NewFile(table, name, blob.commit().bytes(), writer.statistics());
        }
    }

    private BlobPath path(DataFile file) {
        return BlobPath.of(container, table + "/" + file.path());
    }
}
