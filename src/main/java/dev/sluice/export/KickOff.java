package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.job.JobOwner;
import dev.sluice.job.Jobs;
import dev.sluice.job.TooManyJobsException;
import dev.sluice.plan.OutputLocation;
import dev.sluice.planner.CohortResolver;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.security.Caller;
import dev.sluice.store.KeptVersions;
import dev.sluice.web.TooManyRequestsException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Starts an export: checks that its files can be written, closes the timestamp whose state it exports, and records the
 * job. Errors that can be detected early are detected here, not hours later.
 */
@Component
class KickOff {
    private static final Logger log = LoggerFactory.getLogger(KickOff.class);

    private final OutputLocations locations;
    private final CohortResolver cohorts;
    private final KeptVersions keptVersions;
    private final Jobs jobs;
    private final TransactionTemplate transaction;

    KickOff(
            OutputLocations locations,
            CohortResolver cohorts,
            KeptVersions keptVersions,
            Jobs jobs,
            TransactionTemplate transaction) {
        this.locations = locations;
        this.cohorts = cohorts;
        this.keptVersions = keptVersions;
        this.jobs = jobs;
        this.transaction = transaction;
    }

    /**
     * What a request does not say of its export.
     *
     * @param url the full URL of the kick-off
     * @param caller to whom the job belongs
     * @param asOf an earlier closed timestamp whose state is exported; null = that of the kick-off
     * @param content a hash of what the export may hold
     */
    record Origin(String url, Caller caller, @Nullable Instant asOf, String content) {}

    /**
     * Starts the export and returns its job.
     *
     * @param also records more about the export, in the transaction that records the job
     */
    ExportService.Started start(ExportRequest request, Origin origin, Consumer<ExportService.Started> also) {
        requireFewOpen(origin.caller());
        try {
            return recorded(request, origin, owner(origin.caller()), also);
        } catch (TooManyJobsException e) {
            throw new TooManyRequestsException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns if an export of this caller would be accepted now; a 429 problem otherwise. */
    void requireFewOpen(Caller caller) {
        try {
            jobs.requireFewOpen(ExportHandler.KIND, owner(caller));
        } catch (TooManyJobsException e) {
            throw new TooManyRequestsException(String.valueOf(e.getMessage()), e);
        }
    }

    private static JobOwner owner(Caller caller) {
        return new JobOwner(
                caller.owner(),
                caller.limits().maxOpenJobs(),
                caller.limits().priority().level());
    }

    private ExportService.Started recorded(
            ExportRequest request, Origin origin, JobOwner owner, Consumer<ExportService.Started> also) {
        cohorts.require(request.scope());
        UUID id = UUID.randomUUID();
        OutputLocation location = locations.prepare(request, id, origin.content());
        ExportService.Started started;
        try {
            started = Objects.requireNonNull(transaction.execute(status -> {
                ExportJob job = closed(id, request, origin, location);
                jobs.submit(
                        id,
                        ExportHandler.KIND,
                        owner,
                        job.payload(),
                        LocationAndHeader.of(job).with(origin.content()).text());
                ExportService.Started recorded = new ExportService.Started(id, job.transactionTime());
                also.accept(recorded);
                return recorded;
            }));
        } catch (RuntimeException e) {
            locations.deleteUnrecorded(location);
            throw e;
        }
        // The query may name patients. The path has the id of a Group, which the rules may remove.
        String path = request.isDeidentified() ? "de-identified" : StringUtils.substringBefore(origin.url(), "?");
        log.info("Export {} goes to {}/{} ({}).", id, location.container(), location.folder(), path);
        return started;
    }

    private ExportJob closed(UUID id, ExportRequest request, Origin origin, OutputLocation location) {
        boolean withHistory = request.associatedData().history();
        Instant closed = origin.asOf() == null ? keptVersions.closeTimestamp() : origin.asOf();
        Instant keptFrom = keptVersions
                .hold(id, ExportJob.transactionTime(request, closed), request.time(ExportParameter.SINCE), withHistory)
                .orElseThrow(() -> tooFarBack(request, closed));
        return new ExportJob(request, origin.url(), closed, withHistory ? keptFrom : null, location);
    }

    private FhirException tooFarBack(ExportRequest request, Instant asOf) {
        String until = request.value(ExportParameter.UNTIL);
        return FhirException.invalid(
                tooFarBack(until == null ? FhirInstant.format(asOf) : until, keptVersions.keptFrom()));
    }

    /** The error text for a time whose state the store no longer has. */
    static String tooFarBack(String until, Instant keptFrom) {
        return "_until is '" + until + "', but older versions of resources are kept from "
                + FhirInstant.format(keptFrom) + " on (sluice.history); ask for a later time.";
    }
}
