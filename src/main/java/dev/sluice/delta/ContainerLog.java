package dev.sluice.delta;

import dev.sluice.blob.BlobPath;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The log of a container: it decides which exports committed to its tables, and in which order. An entry is created once,
 * with the number after the last one, and never changed.
 */
final class ContainerLog {
    static final String FOLDER = "_sluice_delta_log";

    private final SmallBlobs blobs;
    private final String container;

    ContainerLog(SmallBlobs blobs, String container) {
        this.blobs = blobs;
        this.container = container;
    }

    /** The number of the last entry; empty if there is none. Numbers have no gaps, so it is found by halving. */
    OptionalLong last() {
        if (!exists(0)) {
            return OptionalLong.empty();
        }
        long present = 0;
        long absent = 1;
        while (exists(absent)) {
            present = absent;
            absent *= 2;
        }
        while (absent - present > 1) {
            long middle = present + (absent - present) / 2;
            if (exists(middle)) {
                present = middle;
            } else {
                absent = middle;
            }
        }
        return OptionalLong.of(present);
    }

    LogEntry read(long number) {
        return LogEntry.of(blobs.read(path(number))
                .orElseThrow(() -> new CommitRefusedException("The file " + path(number)
                        + " was deleted. It belongs to the log of the tables in this container.")));
    }

    /** The last commit; empty if there is none. */
    Optional<LogEntry> lastCommit() {
        OptionalLong last = last();
        if (last.isEmpty()) {
            return Optional.empty();
        }
        LogEntry entry = read(last.getAsLong());
        if (entry.commit() != null) {
            return Optional.of(entry);
        }
        return Optional.ofNullable(entry.before()).map(this::read);
    }

    /** Creates an entry with the number after the last one; returns the entry that has this number then. */
    LogEntry create(LogEntry entry) {
        return LogEntry.of(blobs.createIfAbsent(path(entry.number()), entry.text()));
    }

    private boolean exists(long number) {
        return blobs.exists(path(number));
    }

    private BlobPath path(long number) {
        return new BlobPath(container, FOLDER, String.format(Locale.ROOT, "%020d.json", number));
    }
}
