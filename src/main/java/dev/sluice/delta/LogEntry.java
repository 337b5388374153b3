package dev.sluice.delta;

import dev.sluice.fhir.VersionedJson;
import dev.sluice.lake.TableSchema;
import dev.sluice.output.ResourceColumns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * An entry of the log of a container: a commit of an export to all tables, or the note that an export will not commit.
 *
 * @param number of the entry, from 0
 * @param before the number of the last commit before it; null = there is none
 * @param job the id of the export
 * @param commit null = the export will not commit: its files are erased
 */
record LogEntry(
        long number,
        @Nullable Long before,
        UUID job,
        @Nullable Commit commit) {
    private static final int VERSION = 1;

    /**
     * A commit.
     *
     * @param time the time whose state the tables have
     * @param content a hash of what they may hold
     * @param tables by name
     */
    record Commit(Instant time, String content, Map<String, TableState> tables) {
        Commit {
            Objects.requireNonNull(time);
            Objects.requireNonNull(content);
            tables = new TreeMap<>(tables);
        }
    }

    /**
     * A table after a commit.
     *
     * @param id of the table
     * @param version which the commit made; another program may have put one without changes before it
     * @param schema the columns of this version
     * @param files that belong to this version
     * @param actions what the commit writes to the log of the table: lines of JSON
     */
    record TableState(UUID id, long version, TableSchema schema, List<DataFile> files, String actions) {
        TableState {
            schema = schema == null ? ResourceColumns.SCHEMA : schema; // an older version recorded none
            files = List.copyOf(files);
        }
    }

    /** The note that an export will not commit. */
    static LogEntry erased(long number, @Nullable Long before, UUID job) {
        return new LogEntry(number, before, job, null);
    }

    static LogEntry of(String text) {
        return VersionedJson.read(text, new TypeReference<>() {}, VERSION, "log of the tables of a container");
    }

    Optional<Commit> committed() {
        return Optional.ofNullable(commit);
    }

    String text() {
        return VersionedJson.write(this, VERSION);
    }
}
