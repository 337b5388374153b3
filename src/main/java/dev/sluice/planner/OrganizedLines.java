package dev.sluice.planner;

import dev.sluice.database.DatabaseSpace;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.IncludedProvenance.Selection;
import dev.sluice.store.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stores the block of each resource of a job in a table, so that organised output takes no memory of this process.
 *
 * <p>The lines are planned within one transaction, the caller's, under an attempt that the plan names. Safe for use by any
 * number of threads.
 */
@Component
public class OrganizedLines {
    private static final int FETCHED = 1_000;

    private final JdbcTemplate jdbc;
    private final IncludedProvenance provenance;
    private final DatabaseSpace space;

    OrganizedLines(JdbcTemplate jdbc, IncludedProvenance provenance, DatabaseSpace space) {
        this.jdbc = jdbc;
        this.provenance = provenance;
        this.space = space;
    }

    /**
     * What became of the rows of a type.
     *
     * @param read rows that the snapshot holds
     * @param kept of these, those that the filters kept
     * @param inNoBlock of those kept, those that belong to no block
     * @param inTooMany of those kept, those that belong to more than {@link OrganizedStaging#MOST} blocks, and are therefore
     *     in none
     */
    public record Count(String type, long read, long kept, long inNoBlock, long inTooMany) {}

    /**
     * The lines of one file.
     *
     * @param lines their numbers in the plan, and their rows and bytes without headers
     * @param goesOn whether the last block continues in the next file
     */
    public record FileRange(KeyRange lines, boolean goesOn) {}

    /** Cuts lines into files between blocks. A block that is larger than a file comes in parts, one for each file. */
    private static final class Cuts {
        private final long size;
        private final List<FileRange> done = new ArrayList<>();
        private @Nullable KeyRange open;

        Cuts(long size) {
            this.size = size;
        }

        /** @param continued whether the lines are not the first part of their block */
        void add(KeyRange lines, boolean continued) {
            if (open != null && (continued || open.bytes() + lines.bytes() > size)) {
                done.add(new FileRange(open, continued));
                open = null;
            }
            open = open == null ? lines : open.and(lines);
        }

        List<FileRange> end() {
            if (open != null) {
                done.add(new FileRange(open, false));
            }
            return done;
        }
    }

    /** Temporary tables in which the lines of a job are put in order; they exist until the caller's transaction ends. */
    @Transactional(propagation = Propagation.MANDATORY)
    public OrganizedStaging stage() {
        return new OrganizedStaging(
                jdbc, space, provenance.targeted(ResourceType.all(), Selection.NOT_IN_OWN_COMPARTMENTS));
    }

    /** Records that the staged lines belong to a job; they are deleted with it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(UUID job, OrganizedStaging stage) {
        jdbc.update("insert into organized_attempt (job_id, attempt) values (?, ?)", job, stage.attempt());
    }

    /** The files of an attempt, in the order of their lines. */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<FileRange> cut(UUID attempt, long bytes) {
        Cuts cuts = new Cuts(bytes);
        // There may be as many blocks as patients: they are fetched by and by, which takes a transaction.
        jdbc.query(
                connection -> {
                    var statement = connection.prepareStatement(
                            "select min(seq), max(seq), count(*), sum(bytes)::bigint, max(bytes), part from (select seq, head, bytes,"
                                    + " (sum(bytes) over (partition by head order by seq) - bytes) / ? as part"
                                    + " from organized_line where attempt = '" + attempt
                                    + "') l group by head, part order by 1");
                    statement.setFetchSize(FETCHED);
                    statement.setLong(1, bytes);
                    return statement;
                },
                row -> {
                    cuts.add(KeyRange.read(row, 1), row.getLong(6) > 0);
                });
        return cuts.end();
    }

    /** What became of the rows of each type, by name. */
    public List<Count> counts(UUID attempt) {
        return jdbc.query(
                "select type, read, kept, in_no_block, in_too_many from organized_count where attempt = '" + attempt
                        + "' order by type collate \"C\"",
                (row, n) ->
                        new Count(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
    }

    /** Deletes the lines of a job. */
    public void delete(UUID job) {
        String attempts = " where attempt in (select attempt from organized_attempt where job_id = ?)";
        jdbc.update("delete from organized_line" + attempts, job);
        jdbc.update("delete from organized_count" + attempts, job);
        jdbc.update("delete from organized_attempt where job_id = ?", job);
    }
}
