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
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.commons.lang3.StringUtils;
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
     * Starts the export and returns the id of its job.
     *
     * @param url the full URL of the kick-off
     * @param caller to whom the job belongs
     * @param also records more about the export, in the transaction that records the job
     */
    UUID start(ExportRequest request, String url, Caller caller, Consumer<UUID> also) {
        JobOwner owner = new JobOwner(caller.owner(), caller.limits().maxOpenJobs());
        try {
            jobs.requireFewOpen(ExportHandler.KIND, owner);
            return recorded(request, url, owner, also);
        } catch (TooManyJobsException e) {
            throw new TooManyRequestsException(String.valueOf(e.getMessage()), e);
        }
    }

    private UUID recorded(ExportRequest request, String url, JobOwner owner, Consumer<UUID> also) {
        cohorts.require(request.scope());
        UUID id = UUID.randomUUID();
        OutputLocation location = locations.prepare(request.value(ExportParameter.CONTAINER), id);
        try {
            transaction.executeWithoutResult(status -> {
                ExportJob job = closed(id, request, url, location);
                jobs.submit(
                        id,
                        ExportHandler.KIND,
                        owner,
                        job.payload(),
                        LocationAndHeader.of(job).text());
                also.accept(id);
            });
        } catch (RuntimeException e) {
            locations.deleteUnrecorded(location);
            throw e;
        }
        // The query may name patients. The path has the id of a Group, which the rules may remove.
        String path = request.isDeidentified() ? "de-identified" : StringUtils.substringBefore(url, "?");
        log.info("Export {} goes to {}/{} ({}).", id, location.container(), location.folder(), path);
        return id;
    }

    private ExportJob closed(UUID id, ExportRequest request, String url, OutputLocation location) {
        boolean withHistory = request.associatedData().history();
        Instant closed = keptVersions.closeTimestamp();
        Instant keptFrom = keptVersions
                .hold(id, ExportJob.transactionTime(request, closed), request.time(ExportParameter.SINCE), withHistory)
                .orElseThrow(() -> tooFarBack(request));
        return new ExportJob(request, url, closed, withHistory ? keptFrom : null, location);
    }

    private FhirException tooFarBack(ExportRequest request) {
        return FhirException.invalid(
                tooFarBack(String.valueOf(request.value(ExportParameter.UNTIL)), keptVersions.keptFrom()));
    }

    /** The error text for a time whose state the store no longer has. */
    static String tooFarBack(String until, Instant keptFrom) {
        return "_until is '" + until + "', but older versions of resources are kept from "
                + FhirInstant.format(keptFrom) + " on (sluice.history); ask for a later time.";
    }
}
