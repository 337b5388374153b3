package dev.sluice.planner;

import dev.sluice.fhir.ConcurrencyLimit;
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
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Estimates the size of an export without starting it, from samples of the rows that it would read. */
@Component
public class ExportEstimator {
    /** The number of estimates at the same time: each holds its filters, a sample, and a connection. */
    private static final int AT_A_TIME = 4;

    /** Classes are counted in all rows, which may be many; a client waits for the answer meanwhile. */
    private static final Duration LONGEST_COUNT = Duration.ofSeconds(30);

    private final ExportQueryBuilder builder;
    private final RootElements elements;
    private final RowSample samples;
    private final KAnonymity anonymity;
    private final TransactionTemplate transaction;
    private final ConcurrencyLimit limit = new ConcurrencyLimit(AT_A_TIME, "other estimates");

    ExportEstimator(
            ExportQueryBuilder builder,
            RootElements elements,
            RowSample samples,
            KAnonymity anonymity,
            TransactionTemplate transaction) {
        this.builder = builder;
        this.elements = elements;
        this.samples = samples;
        this.anonymity = anonymity;
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
     * What an export would hold.
     *
     * @param types by name, without associated data
     * @param classes of patients that share quasi-identifiers; null = the request does not ask for them, or to count them
     *     takes too long for an estimate
     */
    public record Estimate(List<OfType> types, KAnonymity.@Nullable Classes classes) {}

    /**
     * The estimate of an export. It leaves no rows in the store.
     *
     * @throws FhirException 503 if too many others are made at this time
     */
    public Estimate of(ExportRequest request, Instant now) throws InterruptedIOException {
        builder.require(request.scope());
        return limit.run(() -> new Estimate(of(request, now, this::types), classes(request, now)));
    }

    private <T> T of(ExportRequest request, Instant now, Function<ExportQueries, T> estimate) {
        Instant historyFrom = request.associatedData().history() ? Instant.EPOCH : null;
        ExportJob job = new ExportJob(request, "", now, historyFrom, new OutputLocation("", "", false));
        UUID id = UUID.randomUUID();
        return Objects.requireNonNull(transaction.execute(status -> {
            status.setRollbackOnly(); // the cohort is used for this answer only
            return estimate.apply(builder.build(id, job));
        }));
    }

    private KAnonymity.@Nullable Classes classes(ExportRequest request, Instant now) {
        KAnonymity.Question question = request.quasiIdentifiers();
        return question == null
                ? null
                : of(request, now, queries -> anonymity.of(queries, question, LONGEST_COUNT))
                        .orElse(null);
    }

    private List<OfType> types(ExportQueries queries) {
        return queries.types().stream()
                .map(type -> {
                    OfType selected = estimate(queries, type);
                    return queries.needsResolving(type) ? selected.asApproximate() : selected;
                })
                .filter(type -> type.rows() > 0)
                .toList();
    }

    private OfType estimate(ExportQueries queries, ResourceType ofType) {
        RowSample.Estimate sample = samples.of(queries.selected(ofType, RowContent.RESOURCES));
        ResourceFilter filter = queries.filters().of(ofType);
        Set<String> properties =
                elements.properties(ofType, queries.job().request().values(ExportParameter.ELEMENTS));
        ElementsProjection projection = properties == null ? null : new ElementsProjection(properties);
        String type = ofType.name();
        if (sample.bodies().isEmpty() && queries.job().request().isRestricted(ofType)) {
            return new OfType(type, 0, 0, false); // the client may see none of the rows
        }
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
