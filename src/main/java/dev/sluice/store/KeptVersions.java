package dev.sluice.store;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Decides which replaced versions are kept: knows the earliest time as of which the store can be read, and the holds
 * of readers that still read older versions, such as exports.
 *
 * <p>A new hold and the sweep exclude each other by a lock on one row during their transactions. Writers do not take
 * this lock. Safe for use by any number of threads and processes.
 */
@Component
public class KeptVersions {
    private final JdbcTemplate jdbc;
    private final ClosedTimestamps closedTimestamps;
    private final HistorySettings settings;
    private final Clock clock;

    KeptVersions(JdbcTemplate jdbc, ClosedTimestamps closedTimestamps, HistorySettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.closedTimestamps = closedTimestamps;
        this.settings = settings;
        this.clock = clock;
    }

    /** The earliest time as of which the store is complete. */
    public Instant keptFrom() {
        return timestamp("select kept_from from version_retention");
    }

    /** Closes a timestamp, as {@link ClosedTimestamps#close()} does. Runs in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Instant closeTimestamp() {
        return closedTimestamps.close();
    }

    /**
     * Holds the versions that a reader reads until it releases them. Runs in the caller's transaction.
     *
     * @param id identifies the reader
     * @param asOf the time that the reader reads as of; a closed timestamp, or an earlier time
     * @param since an earlier time whose versions the reader uses as far as they still exist; null = none
     * @param all whether the reader reads all versions that exist
     * @return the time after which no version that was replaced has been removed; empty if {@code asOf} is before it, and
     *     nothing is held
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Instant> hold(UUID id, Instant asOf, @Nullable Instant since, boolean all) {
        Instant keptFrom = timestamp("select kept_from from version_retention for share");
        if (asOf.isBefore(keptFrom)) {
            return Optional.empty();
        }
        Instant needed = since != null && since.isBefore(asOf) ? since : asOf;
        jdbc.update(
                "insert into retention_hold (id, as_of) values (?, ?)", id, Timestamp.from(all ? keptFrom : needed));
        return Optional.of(keptFrom);
    }

    /** Releases the hold of a reader. A repeated call has no effect. */
    public void release(UUID id) {
        jdbc.update("delete from retention_hold where id = ?", id);
    }

    /**
     * Advances the earliest readable time as far as {@code sluice.history} and holds allow. Versions that were replaced at or before
     * the result may be removed.
     */
    @Transactional
    public Instant advance() {
        // The timestamp is closed first, as at a kick-off, so that locks are always taken in this order.
        Instant closed = closedTimestamps.close();
        timestamp("select kept_from from version_retention for update");
        Instant old = clock.instant().minus(settings.history());
        return timestamp(
                "update version_retention set kept_from = greatest(kept_from, least(" + RowQuery.literal(closed) + ", "
                        + RowQuery.literal(old) + ", (select min(as_of) from retention_hold))) returning kept_from");
    }

    /**
     * For how much longer than {@code sluice.history} the oldest replaced version has been kept, because readers hold it or
     * the sweep does not remove it; zero if there is none. Versions of Groups are always kept.
     */
    public Duration sweepLag() {
        Timestamp oldest = jdbc.queryForObject(
                "select min(superseded_at) from resource where superseded_at is not null and type <> 'Group'",
                Timestamp.class);
        Duration lag = oldest == null
                ? Duration.ZERO
                : Duration.between(oldest.toInstant(), clock.instant().minus(settings.history()));
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    private Instant timestamp(String sql) {
        return Objects.requireNonNull(jdbc.queryForObject(sql, Timestamp.class), sql)
                .toInstant();
    }
}
