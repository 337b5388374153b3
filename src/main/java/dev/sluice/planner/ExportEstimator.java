package dev.sluice.planner;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.plan.OutputLocation;
import dev.sluice.r4.RootElements;
import dev.sluice.store.RowQuery.RowContent;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Estimates the size of an export without starting it, from samples of the rows that it would read. */
@Component
public class ExportEstimator {
    /** The number of estimates at the same time: each holds its filters, a sample, and a connection. */
    private static final int AT_A_TIME = 4;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final ExportQueryBuilder builder;
    private final CohortResolver cohorts;
    private final RootElements elements;
    private final RowSample samples;
    private final TransactionTemplate transaction;
    private final Semaphore free = new Semaphore(AT_A_TIME, true);

    ExportEstimator(
            ExportQueryBuilder builder,
            CohortResolver cohorts,
            RootElements elements,
            RowSample samples,
            TransactionTemplate transaction) {
        this.builder = builder;
        this.cohorts = cohorts;
        this.elements = elements;
        this.samples = samples;
        this.transaction = transaction;
    }

    /**
     * One type of an export.
     *
     * @param rows the approximate number of lines
     * @param bytes the approximate size of these lines in bytes
     * @param exact whether the rows were counted, and planning cannot add any
     */
    public record OfType(String type, long rows, long bytes, boolean exact) {
        OfType asApproximate() {
            return new OfType(type, rows, bytes, false);
        }
    }

    /**
     * The types that the export would hold, by name, without associated data. The estimate leaves no rows in the store.
     *
     * @throws FhirException 503 if too many others are made at this time
     */
    public List<OfType> of(ExportRequest request, Instant now) throws InterruptedIOException {
        cohorts.require(request.scope());
        acquire();
        try {
            return estimate(request, now);
        } finally {
            free.release();
        }
    }

    private void acquire() throws InterruptedIOException {
        try {
            if (!free.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw FhirException.of(
                        503,
                        "throttled",
                        "The server is busy with other estimates. Send the same request again later.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for other estimates");
        }
    }

    private List<OfType> estimate(ExportRequest request, Instant now) {
        Instant historyFrom = request.associatedData().history() ? Instant.EPOCH : null;
        ExportJob job = new ExportJob(request, "", now, historyFrom, new OutputLocation("", "", false));
        UUID id = UUID.randomUUID();
        List<OfType> types = transaction.execute(status -> {
            status.setRollbackOnly(); // the cohort is used for this answer only
            ExportQueries queries = builder.build(id, job);
            return queries.types().stream()
                    .map(type -> {
                        OfType selected = estimate(queries, type);
                        return queries.needsResolving(type) ? selected.asApproximate() : selected;
                    })
                    .filter(type -> type.rows() > 0)
                    .toList();
        });
        return types == null ? List.of() : types;
    }

    private OfType estimate(ExportQueries queries, ResourceType ofType) {
        RowSample.Estimate sample = samples.of(queries.selected(ofType, RowContent.RESOURCES));
        ResourceFilter filter = queries.filters().of(ofType);
        Set<String> properties =
                elements.properties(ofType, queries.job().request().values(ExportParameter.ELEMENTS));
        ElementsProjection projection = properties == null ? null : new ElementsProjection(properties);
        String type = ofType.name();
        if (sample.bodies().isEmpty() || (filter.isEmpty() && projection == null)) {
            return new OfType(type, sample.rows(), sample.bytes(), sample.exact());
        }
        RowIssues issues = new RowIssues();
        long kept = 0;
        long read = 0;
        long written = 0;
        for (byte[] body : sample.bodies()) {
            read += body.length;
            if (issues.matches(filter, body, 0, body.length)) {
                kept++;
                byte[] left = projection == null ? body : issues.elements(projection, body, 0, body.length);
                written += left == null ? 0 : left.length;
            }
        }
        boolean all = sample.exact() && sample.bodies().size() == sample.rows();
        return new OfType(
                type,
                Math.round((double) sample.rows() * kept / sample.bodies().size()),
                Math.round((double) sample.bytes() * written / read),
                all);
    }
}
