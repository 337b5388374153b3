package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import dev.sluice.delta.LogEntry.TableState;
import dev.sluice.fhir.FhirJson;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;

/**
 * The log of one table, which readers of Delta Lake read: a file for each version.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">the protocol of Delta Lake</a>
 */
final class TableLog {
    /** What other programs may add: a version with nothing else changes neither rows nor columns. */
    private static final Set<String> HARMLESS = Set.of("commitInfo");

    private final SmallBlobs blobs;
    private final String container;
    private final String table;

    TableLog(SmallBlobs blobs, String container, String table) {
        this.blobs = blobs;
        this.container = container;
        this.table = table;
    }

    /** Whether there is a table. */
    boolean exists() {
        return blobs.exists(path(0)) || blobs.exists(new BlobPath(container, folder(), "_last_checkpoint"));
    }

    /**
     * Makes sure that the version of a commit is in the log, and returns the version of it. If another program has put a
     * version without changes in its place, it is the next one.
     *
     * @throws CommitRefusedException if another program has changed the table
     */
    long write(TableState state) {
        long version = state.version();
        while (true) {
            BlobPath path = path(version);
            String found = blobs.read(path).orElse(null);
            if (found == null) {
                requireKept(state, version);
                found = blobs.createIfAbsent(path, state.actions());
            }
            if (found.equals(state.actions())) {
                return version;
            }
            requireHarmless(version, found);
            version++;
        }
    }

    /**
     * The last version, which the commit made, or another program after it without changes.
     *
     * @throws CommitRefusedException if another program has changed the table
     */
    long last(TableState state) {
        long last = write(state);
        Optional<String> next = blobs.read(path(last + 1));
        while (next.isPresent()) {
            last++;
            requireHarmless(last, next.get());
            next = blobs.read(path(last + 1));
        }
        return last;
    }

    /** A version must not be written a second time where a person has deleted the table. */
    private void requireKept(TableState state, long version) {
        boolean kept = (version == 0 || blobs.exists(path(version - 1)))
                && state.files().stream()
                        .limit(1)
                        .allMatch(file -> blobs.exists(BlobPath.of(container, table + "/" + file.path())));
        if (!kept) {
            throw new CommitRefusedException("The table " + table + " in the container '" + container
                    + "' was deleted, in whole or in part. " + DeltaTables.BEGIN_AGAIN);
        }
    }

    private void requireHarmless(long version, String text) {
        boolean harmless =
                !text.isBlank() && text.lines().filter(line -> !line.isBlank()).allMatch(TableLog::isHarmless);
        if (!harmless) {
            throw new CommitRefusedException("Another program has written version " + version + " of the table " + table
                    + " in the container '" + container + "', and Sluice adds only to tables that it alone changes. "
                    + DeltaTables.BEGIN_AGAIN);
        }
    }

    private static boolean isHarmless(String line) {
        try {
            return HARMLESS.containsAll(FhirJson.MAPPER.readTree(line).propertyNames());
        } catch (JacksonException e) {
            return false;
        }
    }

    private String folder() {
        return table + "/_delta_log";
    }

    private BlobPath path(long version) {
        return new BlobPath(container, folder(), String.format(Locale.ROOT, "%020d.json", version));
    }
}
