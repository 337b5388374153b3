package dev.sluice.planner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ConcurrencyLimit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.OwnerLimit;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.json.MemoryBudget;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.planner.CohortTable.PatientRole;
import dev.sluice.store.KeptVersions;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.RowContent;
import java.io.InterruptedIOException;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads some of the resources that an export would take, at once and without a job. They are those of one closed timestamp,
 * and all that bounds an export bounds them. Safe for use by any number of threads; few read at a time.
 */
@Component
public class StoredResources {
    private static final int AT_A_TIME = 2;

    /** A client waits for the answer. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final String SETTINGS = "set local idle_in_transaction_session_timeout = '60s'";

    /** Keys that the database gives at a time. */
    private static final int KEYS = 1_000;

    /** Resources that are in memory at a time, and their bytes. */
    private static final int BATCH = 200;

    private static final long BATCH_BYTES = 1 << 20;

    /** A text of the database, its bytes, and what is made of them. */
    private static final int COPIES = 3;

    private final ExportQueryBuilder builder;
    private final CohortTable cohorts;
    private final KeptVersions versions;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final TransactionTemplate snapshot;
    private final AtomicLong longestNanos = new AtomicLong(LONGEST.toNanos());
    private final OwnerLimit own = new OwnerLimit("another run of a view of this client");
    private final ConcurrencyLimit limit = new ConcurrencyLimit(AT_A_TIME, "other runs of views");

    StoredResources(
            ExportQueryBuilder builder,
            CohortTable cohorts,
            KeptVersions versions,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions) {
        this.builder = builder;
        this.cohorts = cohorts;
        this.versions = versions;
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.snapshot = new TransactionTemplate(transactions);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    /** Has later reads end after this time. */
    void endAfter(Duration time) {
        longestNanos.set(time.toNanos());
    }

    /** Takes resources. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a resource.
         *
         * @param patients the numbers of the patients in whose compartments it is
         * @return whether more are wanted
         */
        boolean take(byte[] json, Integer[] patients);
    }

    /**
     * What was read.
     *
     * @param asOf the closed timestamp whose state the resources show
     * @param named the numbers of the patients whom the request or its Group names and who exist, up to 1,000 in an array;
     *     empty if it names none. An answer without a resource of theirs tells something about them too
     */
    public record Read(Instant asOf, List<Integer[]> named) {}

    /**
     * Reads the resources of a request, of one type and in the order of their keys, until no more are wanted.
     *
     * @param owner whose request it is, as that of a job
     * @param url of the request, as that of a kick-off
     * @param memory counts what is in memory at a time
     * @throws FhirException 404 if the Group does not exist; 422 if it takes too long; 503 if the owner or too many others
     *     read
     */
    public Read read(ExportRequest request, String owner, String url, MemoryBudget.Claim memory, Sink sink)
            throws InterruptedIOException {
        builder.require(request.scope());
        return own.run(
                owner,
                () -> limit.run(() -> {
                    try {
                        return readNow(request, url, memory, sink);
                    } catch (QueryTimeoutException e) {
                        throw tooLong();
                    }
                }));
    }

    private Read readNow(ExportRequest request, String url, MemoryBudget.Claim memory, Sink sink) {
        long deadline = System.nanoTime() + longestNanos.get();
        Instant closed = Objects.requireNonNull(transaction.execute(status -> versions.closeTimestamp()));
        List<Integer[]> named = Objects.requireNonNull(snapshot.execute(status -> {
            status.setRollbackOnly(); // the cohort is used for this answer only
            jdbc.execute(SETTINGS);
            limitStatements(deadline);
            if (closed.isBefore(versions.keptFrom())) {
                throw new SnapshotLostException("Versions of " + closed + " are not kept any more.");
            }
            ExportJob job = new ExportJob(request, url, closed, null, new OutputLocation("", "", false));
            UUID id = UUID.randomUUID();
            ExportQueries queries = builder.build(id, job);
            limitStatements(deadline);
            new Reading(queries, memory, sink, deadline).read();
            limitStatements(deadline);
            return cohorts.numbers(id, PatientRole.MEMBERS);
        }));
        return new Read(closed, named);
    }

    /** Has the database end a statement that takes longer than there is time. */
    private void limitStatements(long deadline) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw tooLong();
        }
        jdbc.execute("set local statement_timeout = " + left);
    }

    private FhirException tooLong() {
        return FhirException.of(
                422,
                "too-costly",
                "It takes longer than " + Duration.ofNanos(longestNanos.get()).toSeconds()
                        + " s to find so many rows; give a lower _limit, or use $viewdefinition-export.");
    }

    /** One read. */
    private final class Reading {
        private final MemoryBudget.Claim memory;
        private final Sink sink;
        private final RowQuery query;
        private final ResourceFilter filter;
        private final RowIssues issues = new RowIssues();
        private final long deadline;
        private final List<Long> keys = new ArrayList<>();
        private long bytes;
        private boolean wanted = true;

        Reading(ExportQueries queries, MemoryBudget.Claim memory, Sink sink, long deadline) {
            this.deadline = deadline;
            this.memory = memory;
            this.sink = sink;
            ResourceType type = ResourceType.of(
                    queries.job().request().values(ExportParameter.TYPE).get(0));
            if (queries.needsResolving(type)) {
                throw FhirException.of(
                        400,
                        "not-supported",
                        type + " is found by what it refers to, which needs an export: use $viewdefinition-export.");
            }
            this.query = queries.selected(type, RowContent.RESOURCES);
            this.filter = queries.filters().of(type);
        }

        void read() {
            jdbc.query(
                    connection -> {
                        PreparedStatement statement = connection.prepareStatement(
                                "select key, " + query.size() + " from " + query.from() + " order by key");
                        statement.setFetchSize(KEYS);
                        return statement;
                    },
                    rows -> {
                        while (wanted && rows.next()) {
                            keys.add(rows.getLong(1));
                            bytes += rows.getLong(2);
                            if (keys.size() == BATCH || bytes >= BATCH_BYTES) {
                                batch();
                            }
                        }
                        return wanted;
                    });
            if (wanted && !keys.isEmpty()) {
                batch();
            }
        }

        private void batch() {
            if (System.nanoTime() - deadline > 0) {
                throw tooLong();
            }
            memory.hold(bytes, COPIES * bytes);
            String wantedKeys = keys.stream().map(String::valueOf).collect(Collectors.joining(","));
            keys.clear();
            bytes = 0;
            jdbc.query(
                    "select " + query.column() + ", compartment from " + query.table() + " where key in (" + wantedKeys
                            + ") order by key",
                    rows -> {
                        while (wanted && rows.next()) {
                            byte[] json = rows.getString(1).getBytes(UTF_8);
                            Array patients = rows.getArray(2);
                            if (issues.matches(filter, json, 0, json.length)) {
                                wanted = sink.take(
                                        json, patients == null ? new Integer[0] : (Integer[]) patients.getArray());
                            }
                        }
                        return wanted;
                    });
        }
    }
}
