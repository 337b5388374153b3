package dev.sluice.store;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Knows from which moment on the store can be read, and lets jobs hold moments that they still read.
 *
 * <p>A hold and the sweep's step forward exclude each other by a lock on one row, for the moment of their transactions;
 * writers take no part in it. Safe for use by any number of threads and processes.
 */
@Component
public class History {
    private final JdbcTemplate jdbc;
    private final ClosedTimestamps moments;
    private final HistorySettings settings;
    private final Clock clock;

    History(JdbcTemplate jdbc, ClosedTimestamps moments, HistorySettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.moments = moments;
        this.settings = settings;
        this.clock = clock;
    }

    /** The store is complete as of this moment and every later one. */
    public Instant keptFrom() {
        return moment("select kept_from from history");
    }

    /**
     * Closes a moment for a job and keeps the store readable, as of it or of an earlier one, until the job lets go; part of
     * the caller's transaction.
     *
     * @param until the moment to read as of, if it is before the closed one; null = the closed one
     * @param since an earlier moment whose versions the job uses as far as there still are some; null = none
     * @param all whether the job reads every version that there is
     * @return what the job can read; nothing if the moment to read as of is too far back
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Hold> open(UUID job, @Nullable Instant until, @Nullable Instant since, boolean all) {
        Instant closed = moments.close();
        Instant read = until != null && until.isBefore(closed) ? until : closed;
        Instant keptFrom = moment("select kept_from from history for share");
        if (read.isBefore(keptFrom)) {
            return Optional.empty();
        }
        Instant needed = since != null && since.isBefore(read) ? since : read;
        jdbc.update(
                "insert into history_hold (job_id, moment) values (?, ?)",
                job,
                Timestamp.from(all ? keptFrom : needed));
        return Optional.of(new Hold(closed, keptFrom));
    }

    /**
     * What is kept for a job.
     *
     * @param closed the closed moment
     * @param keptFrom no version that was replaced after this moment is removed yet
     */
    public record Hold(Instant closed, Instant keptFrom) {}

    /** The job reads no more. Doing it again changes nothing. */
    public void release(UUID job) {
        jdbc.update("delete from history_hold where job_id = ?", job);
    }

    /**
     * Gives up the moments that are too old and that no job holds; versions that were replaced at or before the result may
     * be removed.
     */
    @Transactional
    public Instant advance() {
        // Closing comes first, as at a kick-off: locks are always taken in this order.
        Instant closed = moments.close();
        moment("select kept_from from history for update");
        Instant old = clock.instant().minus(settings.history());
        return moment("update history set kept_from = greatest(kept_from, least(" + RowQuery.literal(closed) + ", "
                + RowQuery.literal(old) + ", (select min(moment) from history_hold))) returning kept_from");
    }

    private Instant moment(String sql) {
        Timestamp moment = jdbc.queryForObject(sql, Timestamp.class);
        if (moment == null) {
            throw new IllegalStateException(sql + " gave no moment");
        }
        return moment.toInstant();
    }
}
