package dev.sluice.database;

import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The identity of this store: its id, and the mark ids that it has written to its storage.
 *
 * <p>A copy of the database has the same id. What tells two copies apart are the mark ids that each of them makes. Safe
 * for use by any number of threads and processes.
 */
@Component
public class StoreIdentity {
    private final JdbcTemplate jdbc;

    StoreIdentity(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The id of this store; the first call of all processes makes it. */
    public UUID id() {
        jdbc.update("insert into store_identity (id) values (gen_random_uuid()) on conflict do nothing");
        return Objects.requireNonNull(jdbc.queryForObject("select id from store_identity", UUID.class));
    }

    /** Whether a mark id of this store has ever stood in a storage. */
    public boolean hasStorage() {
        return Boolean.TRUE.equals(
                jdbc.queryForObject("select exists (select from storage_token where written)", Boolean.class));
    }

    /** Whether this database made the mark id. */
    public boolean made(UUID markId) {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                "select exists (select from storage_token where token = ?)", Boolean.class, markId));
    }

    /** Makes a mark id, and forgets those that can stand in no storage any more: a day older than the last one that did. */
    public UUID newMarkId() {
        UUID markId = Objects.requireNonNull(jdbc.queryForObject(
                "insert into storage_token (token) values (gen_random_uuid()) returning token", UUID.class));
        jdbc.update("delete from storage_token where made_at < (select max(made_at) from storage_token where written)"
                + " - interval '1 day'");
        return markId;
    }

    /** Records a mark id again that this database made and has lost. */
    public void record(UUID markId) {
        jdbc.update("insert into storage_token (token, written) values (?, true) on conflict do nothing", markId);
    }

    /** Notes that a mark id stands in the storage. */
    public void written(UUID markId) {
        jdbc.update("update storage_token set written = true where token = ?", markId);
    }
}
