package dev.sluice.delta;

import dev.sluice.blob.BlobStore;
import dev.sluice.delta.LogEntry.Commit;
import dev.sluice.fhir.FhirInstant;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * The tables of Delta Lake in containers. An export commits to all tables of its container at once: by one entry in the log
 * of the container, which holds what the log of each table gets. Whoever comes next writes what is missing in these.
 *
 * <p>Safe for use by any number of threads and processes. Methods throw {@link dev.sluice.blob.BlobException} if the
 * storage fails.
 */
public final class DeltaTables {
    static final String BEGIN_AGAIN = "Name another container, or delete the folders of the tables and the folder "
            + ContainerLog.FOLDER + " in this one, and start an export without _since.";

    /** In characters. A reader of JSON takes no longer text. */
    private static final int LONGEST_ACTIONS = 48 << 20;

    private final BlobStore blobs;
    private final SmallBlobs small;
    private final Clock clock;

    public DeltaTables(BlobStore blobs, Clock clock) {
        this.blobs = blobs;
        this.small = new SmallBlobs(blobs);
        this.clock = clock;
    }

    /**
     * Returns if an export that begins now fits to the tables, as far as can be known.
     *
     * @param since the time from which on it has changes; null = it has everything
     * @param until the time whose state it shows; null = the present
     * @param content a hash of what it may hold
     * @param schemas the columns of its tables
     * @throws CommitRefusedException if it does not fit
     */
    public void requireFits(
            String container, @Nullable Instant since, @Nullable Instant until, String content, TableSchemas schemas) {
        ContainerLog log = new ContainerLog(small, container);
        LogEntry last = log.lastCommit().orElse(null);
        Commit commit = last == null ? null : last.commit();
        requireFits(container, commit, since, until, content);
        requireAllTables(container, commit, schemas);
        if (last == null || commit == null) {
            return;
        }
        try {
            commit.tables().forEach((table, state) -> log(container, table).last(state));
        } catch (CommitRefusedException e) {
            if (isLast(log, last)) {
                throw e;
            }
            requireFits(container, since, until, content, schemas); // another export has committed in the meantime
        }
    }

    private static boolean isLast(ContainerLog log, @Nullable LogEntry commit) {
        return Objects.equals(log.lastCommit().orElse(null), commit);
    }

    /**
     * Commits an export. If it has committed already, only what is missing of it is written.
     *
     * @param checkLease is run often, and directly before the commit; if it throws, there is none
     * @return the version of each table
     * @throws CommitRefusedException if it does not fit to the tables
     * @throws CancellationException if its files are erased
     */
    public List<TableVersion> commit(DeltaExport export, Runnable checkLease) {
        ContainerLog log = new ContainerLog(small, export.container());
        Optional<LogEntry> own = find(log, export.job(), export.time());
        if (own.isPresent()) {
            return complete(export.container(), own.get());
        }
        LogEntry before = log.lastCommit().orElse(null);
        Commit base = before == null ? null : before.commit();
        requireFits(export.container(), base, export.since(), export.time(), export.content());
        requireAllTables(export.container(), base, export.schemas());
        PreparedCommit prepared;
        try {
            prepared = new PreparedCommit(blobs, export, base == null ? Map.of() : base.tables(), checkLease);
        } catch (CommitRefusedException e) {
            throw isLast(log, before) ? e : overtaken(log, export);
        }
        long number = before == null ? 0 : before.number() + 1;
        while (true) {
            checkLease.run();
            Commit commit = prepared.commit(number, clock.instant());
            requireReadable(commit);
            LogEntry entry = new LogEntry(number, before == null ? null : before.number(), export.job(), commit);
            LogEntry found = log.create(entry);
            if (found.job().equals(export.job())) {
                return complete(export.container(), found);
            }
            if (found.commit() != null) {
                throw overtaken(log, export);
            }
            number++;
        }
    }

    /**
     * Keeps a process that has lost the lease of an export from committing it. Such a process may be past its last check,
     * so the number that it is about to take in the log is taken here. It checks its lease before it takes the next one.
     *
     * @param time the time whose state the export shows; null = unknown
     * @return false if the export has committed
     */
    public boolean preventCommit(String container, UUID job, @Nullable Instant time) {
        return !blobs.hasContainer(container)
                || decided(new ContainerLog(small, container), job, time, UUID.randomUUID())
                        .isEmpty();
    }

    /**
     * Erases the files of an export in the folders of tables, unless it has committed. It cannot commit after that.
     *
     * @param folder as in {@link DeltaExport}
     * @param time the time whose state it shows; null = unknown
     * @param tables the tables that it may have written files for
     */
    public void erase(String container, String folder, UUID job, @Nullable Instant time, Collection<String> tables) {
        if (!blobs.hasContainer(container)) {
            return;
        }
        Optional<LogEntry> committed = decided(new ContainerLog(small, container), job, time, job);
        if (committed.isPresent()) {
            try {
                complete(container, committed.get());
            } catch (CommitRefusedException e) {
                return; // the next export to the container is refused for the same reason
            }
            return;
        }
        tables.forEach(table -> blobs.deletePrefix(container, table + "/" + folder));
    }

    /**
     * The entry of an export, if it has committed. If it has no entry, the log gets a note.
     *
     * @param note of which export; of this one = it will never commit
     */
    private static Optional<LogEntry> decided(ContainerLog log, UUID job, @Nullable Instant time, UUID note) {
        Optional<LogEntry> last = find(log, job, time);
        while (last.isEmpty()) {
            OptionalLong number = log.last();
            Long before = log.lastCommit().map(LogEntry::number).orElse(null);
            LogEntry noted = LogEntry.erased(number.isPresent() ? number.getAsLong() + 1 : 0, before, note);
            last = Optional.of(log.create(noted))
                    .filter(entry -> entry.job().equals(job) || entry.job().equals(note));
        }
        return last.filter(entry -> entry.commit() != null);
    }

    /** The entry of an export. Commits are in the order of the times that they show, so the search ends. */
    private static Optional<LogEntry> find(ContainerLog log, UUID job, @Nullable Instant time) {
        OptionalLong last = log.last();
        for (long number = last.orElse(-1); number >= 0; number--) {
            LogEntry entry = log.read(number);
            if (entry.job().equals(job)) {
                return Optional.of(entry);
            }
            if (entry.commit() != null && time != null && entry.commit().time().isBefore(time)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Writes what is missing of a commit in the logs of the tables. */
    private List<TableVersion> complete(String container, LogEntry entry) {
        Commit commit = entry.committed()
                .orElseThrow(() -> new CancellationException("the files of the export " + entry.job() + " are erased"));
        List<TableVersion> versions = new ArrayList<>();
        commit.tables()
                .forEach((table, state) -> versions.add(
                        new TableVersion(table, log(container, table).write(state))));
        return versions;
    }

    private static void requireFits(
            String container, @Nullable Commit base, @Nullable Instant since, @Nullable Instant until, String content) {
        if (base == null) {
            if (since != null) {
                throw new CommitRefusedException("The container '" + container
                        + "' has no tables of Delta Lake yet, to which changes could be added. Leave _since out.");
            }
            return;
        }
        if (!kind(content).equals(kind(base.content()))) { // says nothing of what another client has
            throw new CommitRefusedException("The container '" + container + "' has tables of another export: of other"
                    + " parameters, rules or permissions, or of another client. Earlier versions of a table can be read, so"
                    + " it does not change to these. Name another container.");
        }
        if (until != null && until.isBefore(base.time())) {
            throw new CommitRefusedException(holds(container, base)
                    + ", and this export shows an earlier one. Name another container, or a later time.");
        }
        if (since == null) {
            return;
        }
        if (!since.equals(base.time())) {
            throw new CommitRefusedException(holds(container, base) + ", and this export has the changes since "
                    + FhirInstant.format(since) + ". " + advice(base));
        }
        if (!content.equals(base.content())) {
            throw new CommitRefusedException(
                    "The tables in the container '" + container
                            + "' were written with other keys, so changes by these do not fit to them. (Rules that name no keys get"
                            + " new ones for each export.) Leave _since out, which writes them anew, or name another container.");
        }
    }

    /** Each export writes all tables, so all of them show one time. */
    private static void requireAllTables(String container, @Nullable Commit base, TableSchemas schemas) {
        List<String> others = base == null
                ? List.of()
                : base.tables().keySet().stream()
                        .filter(table -> !schemas.allows(table))
                        .toList();
        if (!others.isEmpty()) {
            throw new CommitRefusedException("The container '" + container + "' has tables that this export does not"
                    + " write: " + String.join(", ", others) + ". All tables of a container show one time. Export these"
                    + " views too, or name another container.");
        }
    }

    /** An entry that no process could read would be decided, and never ended. */
    private static void requireReadable(Commit commit) {
        commit.tables().forEach((table, state) -> {
            if (state.actions().length() > LONGEST_ACTIONS) {
                throw new CommitRefusedException(
                        "The table " + table + " would get more files by one export than its log can"
                                + " hold. Use a larger sluice.export.file-size.");
            }
        });
    }

    /** Whose export it is, and of what; not by which keys. */
    private static String kind(String content) {
        return StringUtils.substringBefore(content, "-");
    }

    private static CommitRefusedException overtaken(ContainerLog log, DeltaExport export) {
        String advice = log.lastCommit()
                .flatMap(LogEntry::committed)
                .filter(other -> kind(export.content()).equals(kind(other.content())))
                .map(other -> export.since() == null ? "Start it again." : advice(other))
                .orElse("Name another container.");
        return new CommitRefusedException("Another export has committed to the tables in the container '"
                + export.container() + "' in the meantime. " + advice);
    }

    private static String holds(String container, Commit base) {
        return "The tables in the container '" + container + "' hold the state of " + FhirInstant.format(base.time());
    }

    private static String advice(Commit base) {
        return "Use _since=" + FhirInstant.format(base.time()) + ", or leave _since out, which writes them anew.";
    }

    private TableLog log(String container, String table) {
        return new TableLog(small, container, table);
    }
}
