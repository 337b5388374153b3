package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.security.Caller;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Finds exports for their callers. An export of another client, or one that holds what the caller may not export at this
 * time, does not exist to the caller.
 */
@Component
class ExportJobs {
    private final Jobs jobs;

    ExportJobs(Jobs jobs) {
        this.jobs = jobs;
    }

    /** The job with this id; a 404 problem if it does not exist to the caller or has expired. */
    Job find(String id, Caller caller) {
        return owned(id, caller).orElseThrow(() -> unknown(id));
    }

    /** Cancels or releases the job with this id; a 404 problem if it does not exist to the caller or has expired. */
    void discard(String id, Caller caller) {
        boolean discarded = owned(id, caller)
                .filter(job -> jobs.discard(ExportHandler.KIND, id, caller.owner()))
                .isPresent();
        if (!discarded) {
            throw unknown(id);
        }
    }

    private Optional<Job> owned(String id, Caller caller) {
        return jobs.find(ExportHandler.KIND, id, caller.owner()).filter(job -> mayExport(caller, job));
    }

    private static boolean mayExport(Caller caller, Job job) {
        if (ExportPermissions.areUnlimited(caller)) {
            return true;
        }
        ExportContent content = ExportOutput.of(job).content();
        return content != null && content.isCoveredBy(caller);
    }

    /** Has a completed export and its files live for this long at least; false if it has just expired. */
    boolean extendRetention(Job job, Duration time) {
        return jobs.extendRetention(job.id(), time);
    }

    static FhirException unknown(String id) {
        return FhirException.notFound("The requested job '" + id
                + "' was not found: it never was, was cancelled or deleted, or is past its retention.");
    }
}
