package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import dev.sluice.lake.TableStatistics;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an export adds to the tables of a container.
 *
 * @param container the container
 * @param folder the name of the export's own folder in the folder of each table
 * @param job the id of the export
 * @param time the time whose state the tables have after it
 * @param since the time from which on it has changes; null = it has everything
 * @param content a hash of what the tables may hold
 * @param schemas the columns of the tables
 * @param added files in these folders
 * @param deleted files with rows whose ids are removed from the tables
 */
public record DeltaExport(
        String container,
        String folder,
        UUID job,
        Instant time,
        @Nullable Instant since,
        String content,
        TableSchemas schemas,
        List<NewFile> added,
        List<DeletedRows> deleted) {
    public DeltaExport {
        added = List.copyOf(added);
        deleted = List.copyOf(deleted);
    }

    /**
     * A file with rows.
     *
     * @param name in the export's folder in that of the table
     */
    public record NewFile(String table, String name, long bytes, TableStatistics statistics) {}

    /** A file whose rows have ids of rows that are gone. */
    public record DeletedRows(String table, BlobPath path, long bytes) {}
}
