package dev.sluice.audit;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.SecurityMode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records who did what. An event is recorded before the data of its response is sent; if that fails, the request fails.
 * Safe for use by any number of threads and processes.
 */
@Component
public class Audit {
    /** An event, with the parameters of {@link #insert}. Hibernate would take as long for it as PostgreSQL does. */
    private static final String INSERT =
            "insert into audit_event (activity, outcome, issuer, client, address, subject, detail, amount)"
                    + " select ?, cast(? as smallint), ?, ?, ?, ?, ?, cast(? as bigint)";

    /** The same, without a wait for the disk at the end of the transaction. */
    private static final String INSERT_ASYNCHRONOUSLY =
            INSERT + " where set_config('synchronous_commit', 'off', true) = 'off'";

    /** What the line of a file needs of the row. */
    private static final String RETURNING = " returning id, recorded_at";

    /** The same, if the statement before it, which is called changed, has changed a row. */
    private static final String INSERT_AFTER =
            "insert into audit_event (activity, outcome, issuer, client, address, subject, detail, amount)"
                    + " select :activity, cast(:outcome as smallint), :issuer, :client, :address, :subject, :detail,"
                    + " cast(:amount as bigint) from changed";

    private final boolean enabled;
    private final JdbcTemplate jdbc;
    private final NamedParameterJdbcTemplate named;
    private final @Nullable AuditFile file;
    private final TransactionTemplate transaction;

    /** A command has no mode. */
    Audit(
            AuditSettings settings,
            ObjectProvider<SecurityMode> mode,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions) {
        this.enabled = settings.isEnabled(mode.getIfAvailable());
        this.jdbc = jdbc;
        this.named = new NamedParameterJdbcTemplate(jdbc);
        this.file = AuditFile.of(settings.file());
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Whether events are recorded. */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Records what a request is about to get. Part of the caller's transaction if there is one.
     *
     * @throws FhirException with status 503 if it cannot be recorded
     */
    public void record(HttpServletRequest request, Act act) {
        try {
            record(Actor.of(request), act);
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            throw notRecorded(e);
        }
    }

    private static FhirException notRecorded(RuntimeException cause) {
        return FhirException.of(
                503,
                "transient",
                "The server cannot record this request in its audit log, so it does not answer it. Send the same"
                        + " request again a little later.",
                cause);
    }

    /**
     * Records what a request is about to get that has no data of patients, without a wait for the disk: by one statement,
     * which is a transaction by itself. A crash of PostgreSQL within the next second can lose it.
     *
     * @throws FhirException with status 503 if it cannot be recorded
     */
    public void recordWithoutData(HttpServletRequest request, Act act) {
        if (enabled) {
            try {
                insert(INSERT_ASYNCHRONOUSLY, Actor.of(request), act);
            } catch (DataAccessException | TransactionException | UncheckedIOException e) {
                throw notRecorded(e);
            }
        }
    }

    /**
     * Does something for a request and records it, in one transaction: both or nothing.
     *
     * @throws FhirException with status 503 if it cannot be recorded
     */
    public void record(HttpServletRequest request, Act act, Runnable work) {
        if (!enabled) {
            work.run();
            return;
        }
        transaction.executeWithoutResult(status -> {
            work.run();
            record(request, act);
        });
    }

    /**
     * A change of one row.
     *
     * @param statement an UPDATE whose parameters have names, and not those of the columns of an event
     * @param parameters the values of its parameters
     */
    public record Change(String statement, Map<String, Object> parameters) {}

    /**
     * Makes a change for a request and records it, by one statement, which is a transaction by itself: a client waits for
     * one exchange with the database. With a file for events, it is both or nothing too, by more exchanges. Records nothing
     * if there is nothing to change.
     *
     * @return whether a row was changed
     * @throws FhirException with status 503 if it cannot be recorded
     */
    public boolean record(HttpServletRequest request, Act act, Change change) {
        if (!enabled) {
            return named.update(change.statement(), change.parameters()) > 0;
        }
        try {
            return insertAfter(change, Actor.of(request), act);
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            throw notRecorded(e);
        }
    }

    /**
     * Records what was not requested by HTTP. Part of the caller's transaction if there is one.
     *
     * @throws RuntimeException if it cannot be recorded
     */
    public void record(Actor actor, Act act) {
        if (enabled) {
            insert(INSERT, actor, act);
        }
    }

    private void insert(String statement, Actor actor, Act act) {
        @Nullable
        Object[] columns = {
            act.activity().name(),
            act.outcome().code(),
            actor.issuer(),
            actor.client(),
            actor.address(),
            act.subject(),
            act.detail(),
            act.amount()
        };
        if (file == null) {
            jdbc.update(statement, columns);
        } else {
            append(file, jdbc.queryForMap(statement + RETURNING, columns), actor, act);
        }
    }

    private boolean insertAfter(Change change, Actor actor, Act act) {
        String statement = "with changed as (" + change.statement() + " returning 1) " + INSERT_AFTER;
        MapSqlParameterSource values = new MapSqlParameterSource(change.parameters())
                .addValue("activity", act.activity().name())
                .addValue("outcome", act.outcome().code())
                .addValue("issuer", actor.issuer())
                .addValue("client", actor.client())
                .addValue("address", actor.address())
                .addValue("subject", act.subject())
                .addValue("detail", act.detail())
                .addValue("amount", act.amount());
        if (file == null) {
            return named.update(statement, values) > 0;
        }
        return Boolean.TRUE.equals(transaction.execute(status -> {
            List<Map<String, Object>> rows = named.queryForList(statement + RETURNING, values);
            rows.forEach(row -> append(file, row, actor, act));
            return !rows.isEmpty();
        }));
    }

    private static void append(AuditFile file, Map<String, Object> row, Actor actor, Act act) {
        long id = (Long) Objects.requireNonNull(row.get("id"));
        Instant recorded = ((Date) Objects.requireNonNull(row.get("recorded_at"))).toInstant();
        file.append(new AuditEventEntity(id, recorded, actor, act).line());
    }
}
