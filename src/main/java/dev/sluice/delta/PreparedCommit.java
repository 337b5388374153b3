package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.delta.DeltaExport.NewFile;
import dev.sluice.delta.LogEntry.Commit;
import dev.sluice.delta.LogEntry.TableState;
import dev.sluice.lake.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an export changes in each table, on the base of the last commit. All files are written when this is made; the
 * commit is only words. For use by one thread.
 */
final class PreparedCommit {
    private final DeltaExport export;
    private final Map<String, PreparedTable> tables = new TreeMap<>();

    /**
     * The changes of one table.
     *
     * @param before the table as it is; null = there is none
     * @param schema its columns after the commit
     * @param id of the table
     * @param version the one that is added
     */
    private record PreparedTable(
            @Nullable TableState before,
            TableSchema schema,
            UUID id,
            long version,
            List<DataFile> dropped,
            List<NewFile> added) {}

    /**
     * @param base the tables as they are
     * @param check throws if this process is to stop
     * @throws CommitRefusedException if another program has changed a table
     */
    PreparedCommit(BlobStore blobs, DeltaExport export, Map<String, TableState> base, Runnable check) {
        this.export = export;
        requireFiles(blobs, check);
        Set<String> names = new TreeSet<>(base.keySet());
        names.addAll(export.schemas().named().keySet());
        export.added().forEach(file -> names.add(file.table()));
        SmallBlobs small = new SmallBlobs(blobs);
        for (String name : names) {
            TableLog log = new TableLog(small, export.container(), name);
            TableState before = base.get(name);
            TableSchema schema = export.schemas().of(name);
            if (before == null) {
                requireNew(name, log);
                tables.put(name, new PreparedTable(null, schema, UUID.randomUUID(), 0, List.of(), added(name)));
                continue;
            }
            long version = log.last(before) + 1;
            RowRemoval.Changes changes = export.since() == null
                    ? new RowRemoval.Changes(before.files(), List.of())
                    : new RowRemoval(blobs, schema, export, name, check).remove(before.files(), sources(name));
            List<NewFile> added = Stream.concat(added(name).stream(), changes.written().stream())
                    .toList();
            tables.put(name, new PreparedTable(before, schema, before.id(), version, changes.dropped(), added));
        }
    }

    /** Programs that tidy tables delete files that no version has yet, if an export takes long. */
    private void requireFiles(BlobStore blobs, Runnable check) {
        for (NewFile file : export.added()) {
            check.run();
            BlobPath path = new BlobPath(export.container(), file.table() + "/" + export.folder(), file.name());
            if (!blobs.exists(path)) {
                throw new CommitRefusedException(
                        "The file " + path + " of the export was deleted before it became part of"
                                + " the table. Let no program delete files of exports that run, such as VACUUM, and start again.");
            }
        }
    }

    /** The entry for the log of the container. */
    Commit commit(long number, Instant now) {
        Map<String, TableState> states = new TreeMap<>();
        tables.forEach((name, table) -> states.put(name, state(table, number, now)));
        return new Commit(export.time(), export.content(), states);
    }

    private TableState state(PreparedTable table, long number, Instant now) {
        TableActions actions = new TableActions(export, now).info(number);
        List<DataFile> files = new ArrayList<>();
        if (table.before() == null) {
            actions.create(table.id(), table.schema());
        } else {
            files.addAll(table.before().files());
            files.removeAll(Set.copyOf(table.dropped()));
            if (!table.schema().equals(table.before().schema())) {
                actions.columns(table.id(), table.schema());
            }
        }
        actions.remove(table.dropped()).add(table.added());
        table.added().forEach(file -> files.add(actions.file(file)));
        return new TableState(table.id(), table.version(), table.schema(), files, actions.text());
    }

    private List<NewFile> added(String table) {
        return export.added().stream()
                .filter(file -> file.table().equals(table))
                .toList();
    }

    /** The files with the ids that changed: their rows take the place of those that the table has, or are gone. */
    private List<RowRemoval.Source> sources(String table) {
        Stream<RowRemoval.Source> changed = added(table).stream()
                .map(file -> new RowRemoval.Source(
                        new BlobPath(export.container(), table + "/" + export.folder(), file.name()), file.bytes()));
        Stream<RowRemoval.Source> deleted = export.deleted().stream()
                .filter(file -> file.table().equals(table))
                .map(file -> new RowRemoval.Source(file.path(), file.bytes()));
        return Stream.concat(changed, deleted).toList();
    }

    private void requireNew(String name, TableLog log) {
        if (log.exists()) {
            throw new CommitRefusedException("The container '" + export.container() + "' has a table " + name
                    + " that another program has made. Name another container, or delete the folder " + name + ".");
        }
    }
}
