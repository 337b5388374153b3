package dev.sluice.audit;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.SecurityMode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
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
    private final boolean enabled;
    private final AuditEventRepository events;
    private final @Nullable AuditFile file;
    private final TransactionTemplate transaction;

    /** A command has no mode. */
    Audit(
            AuditSettings settings,
            ObjectProvider<SecurityMode> mode,
            AuditEventRepository events,
            PlatformTransactionManager transactions) {
        this.enabled = settings.isEnabled(mode.getIfAvailable());
        this.events = events;
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
     * Records what a request is about to get that has no data of patients, without a wait for the disk.
     *
     * @throws FhirException with status 503 if it cannot be recorded
     */
    public void recordWithoutData(HttpServletRequest request, Act act) {
        if (enabled) {
            try {
                append(events.recordAsynchronously(new AuditEventEntity(Actor.of(request), act).columns()));
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
     * Records what was not requested by HTTP. Part of the caller's transaction if there is one.
     *
     * @throws RuntimeException if it cannot be recorded
     */
    public void record(Actor actor, Act act) {
        if (enabled) {
            append(events.saveAndFlush(new AuditEventEntity(actor, act)));
        }
    }

    private void append(AuditEventEntity event) {
        if (file != null) {
            file.append(event.line());
        }
    }
}
