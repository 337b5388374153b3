package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.delta.DeltaExport.DeletedRows;
import dev.sluice.delta.DeltaExport.NewFile;
import dev.sluice.lake.TableRow;
import dev.sluice.lake.TableSchema;
import dev.sluice.lake.TableWriter;
import dev.sluice.output.ResourceColumns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The files that units of exports would have written, and the state that they lead to. */
final class ExportedTables {
    static final String CONTAINER = "lake";
    static final Instant START = Instant.parse("2026-11-28T16:00:00Z");

    private final BlobStore blobs;
    private final Map<String, Map<String, String>> state = new TreeMap<>();
    private int exports;

    ExportedTables(BlobStore blobs) {
        this.blobs = blobs;
        blobs.createContainer(CONTAINER);
    }

    /** The rows of a table as {@link DeltaReader} gives them. */
    List<String> rows(String table) {
        return state.getOrDefault(table, Map.of()).entrySet().stream()
                .map(row -> row.getKey() + " | " + row.getValue())
                .toList();
    }

    /** The time whose state the last export showed. */
    Instant time() {
        return START.plusSeconds(exports);
    }

    /** An export of everything: each table has these rows. */
    DeltaExport everything(Map<String, Map<String, String>> tables) {
        state.clear();
        tables.forEach((table, rows) -> state.put(table, new TreeMap<>(rows)));
        return export(null, LocalTables.RESOURCES, tables, Map.of());
    }

    /** An export of views: each table has these columns, of which the first two are the texts of these rows. */
    DeltaExport views(Map<String, TableSchema> schemas, Map<String, Map<String, String>> tables) {
        state.clear();
        tables.forEach((table, rows) -> state.put(table, new TreeMap<>(rows)));
        return export(null, new TableSchemas(schemas, null), tables, Map.of());
    }

    /** An export of changes. */
    DeltaExport changes(Map<String, Map<String, String>> changed, Map<String, List<String>> deleted) {
        changed.forEach((table, rows) ->
                state.computeIfAbsent(table, name -> new TreeMap<>()).putAll(rows));
        deleted.forEach((table, ids) ->
                state.computeIfAbsent(table, name -> new TreeMap<>()).keySet().removeAll(ids));
        return export(time(), LocalTables.RESOURCES, changed, deleted);
    }

    private DeltaExport export(
            @Nullable Instant since,
            TableSchemas schemas,
            Map<String, Map<String, String>> changed,
            Map<String, List<String>> deleted) {
        exports++;
        UUID job = UUID.randomUUID();
        String folder = "20261128T16000" + exports + "-" + job;
        List<NewFile> added = new ArrayList<>();
        changed.forEach((table, rows) -> {
            int number = 0;
            List<Map.Entry<String, String>> all = List.copyOf(rows.entrySet());
            for (int from = 0; from < all.size(); from += 100) {
                String name = table + "-" + ++number + ".parquet";
                BlobPath path = new BlobPath(CONTAINER, table + "/" + folder, name);
                List<Map.Entry<String, String>> some = all.subList(from, Math.min(from + 100, all.size()));
                added.add(write(table, path, schemas.of(table), some));
            }
        });
        List<DeletedRows> gone = new ArrayList<>();
        deleted.forEach((table, ids) -> {
            BlobPath path = new BlobPath(CONTAINER, folder, "deleted-" + table + "-1.parquet");
            gone.add(new DeletedRows(table, path, deletions(path, ids)));
        });
        return new DeltaExport(CONTAINER, folder, job, time(), since, "content", schemas, added, gone);
    }

    private NewFile write(String table, BlobPath path, TableSchema schema, Collection<Map.Entry<String, String>> rows) {
        try (BlobWriter blob = blobs.create(path, BlobStore.Encoding.IDENTITY);
                TableWriter writer = TableWriter.to(blob, schema)) {
            rows.forEach(each -> {
                TableRow row = writer.row();
                if (schema.equals(ResourceColumns.SCHEMA)) {
                    resource(row, each.getKey(), each.getValue());
                } else {
                    row.text(0, each.getKey());
                    row.text(1, each.getValue());
                }
                writer.write();
            });
            writer.finish();
            return new NewFile(table, path.name(), blob.commit().bytes(), writer.statistics());
        }
    }

    private static void resource(TableRow row, String id, String body) {
        row.text(0, id);
        row.text(1, id.endsWith("7") ? null : "p" + id.length());
        row.timestamp(3, START.plusNanos(1_000L * id.hashCode()));
        row.flag(4, false);
        row.text(5, body);
    }

    private long deletions(BlobPath path, List<String> ids) {
        try (BlobWriter blob = blobs.create(path, BlobStore.Encoding.IDENTITY);
                TableWriter writer = TableWriter.to(blob, ResourceColumns.SCHEMA)) {
            for (String id : ids) {
                writer.row().text(0, id);
                writer.row().flag(4, true);
                writer.write();
            }
            writer.finish();
            return blob.commit().bytes();
        }
    }
}
