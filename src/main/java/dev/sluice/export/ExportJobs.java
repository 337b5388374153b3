package dev.sluice.export;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.output.ExportedFile;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds exports for their callers. An export of another client that no feed publishes, or one that holds what the caller
 * may not export at this time, does not exist to the caller.
 */
@Component
class ExportJobs {
    /** The time for which a job is kept at least while one of its files is read. */
    static final Duration READ_WITHIN = Duration.ofMinutes(1);

    private final Jobs jobs;
    private final ExportedFiles files;
    private final Audit audit;

    ExportJobs(Jobs jobs, ExportedFiles files, Audit audit) {
        this.jobs = jobs;
        this.files = files;
        this.audit = audit;
    }

    /** The job with this id; a 404 problem if it does not exist to the caller or has expired. */
    Job find(String id, Caller caller) {
        return owned(id, caller).orElseThrow(() -> unknown(id));
    }

    /** The result of a completed export that was found; a 404 problem if it has just expired. */
    ExportResult result(Job job) {
        return files.result(job);
    }

    /** Whether the job with this id exists to the caller. */
    boolean exists(String id, Caller caller) {
        return owned(id, caller).isPresent();
    }

    /** Cancels or releases the job with this id; a 404 problem if the caller may not change it or it has expired. */
    void discard(String id, HttpServletRequest request) {
        Job job = changeable(id, Caller.of(request));
        audit.record(request, act(Activity.EXPORT_DELETED, job, request), () -> {
            if (!jobs.discard(ExportHandler.KIND, id, job.owner())) {
                throw jobs.find(ExportHandler.KIND, id).isEmpty() ? unknown(id) : published(id);
            }
        });
    }

    /**
     * Pauses or resumes the job with this id; a 404 problem if the caller may not change it.
     *
     * @return the job as it is then, and whether this call changed it
     */
    Changed pause(String id, boolean paused, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        Job job = changeable(id, caller);
        Activity activity = paused ? Activity.EXPORT_PAUSED : Activity.EXPORT_RESUMED;
        AtomicBoolean changed = new AtomicBoolean();
        audit.record(
                request,
                act(activity, job, request),
                () -> changed.set((paused
                                ? jobs.pause(ExportHandler.KIND, id, job.owner())
                                : jobs.resume(ExportHandler.KIND, id, job.owner()))
                        .orElseThrow(() -> FhirException.of(
                                409,
                                "conflict",
                                "The export " + id
                                        + " has ended, so it cannot be paused or resumed. Read its status."))));
        return new Changed(changeable(id, caller), changed.get());
    }

    /** A job, and whether a call changed it. */
    record Changed(Job job, boolean changed) {}

    /**
     * Records that a manifest is given, with the number of its files. If its URLs open without a token, it is as good as
     * the files; otherwise each file is recorded when it is given.
     */
    void recordManifest(Job job, HttpServletRequest request, ObjectNode manifest) {
        long files = Stream.of("output", "deleted", "error")
                .mapToLong(list -> manifest.path(list).size())
                .sum();
        Act act = Act.of(Activity.MANIFEST_GIVEN, job.id().toString()).amount(files);
        if (manifest.path("requiresAccessToken").asBoolean()) {
            audit.recordWithoutData(request, act.with("URLs that need an access token"));
        } else {
            audit.record(request, act.with("URLs that need no access token"));
        }
    }

    /**
     * Has a complete job be kept while its file is read, and records that a file is given, both or nothing.
     *
     * @param time for which the job is kept at least
     */
    void recordFile(Job job, HttpServletRequest request, ExportedFile file, Duration time) {
        Act act = Act.of(Activity.FILE_GIVEN, job.id().toString())
                .with(file.name())
                .amount(file.count());
        if (job.ending() == null) {
            audit.record(request, act);
        } else {
            requireKept(job, audit.record(request, act, new Audit.Change(Jobs.EXTEND_RETENTION, retention(job, time))));
        }
    }

    /** Has a complete job be kept for this time at least. */
    void keep(Job job, Duration time) {
        if (job.ending() != null) {
            requireKept(job, extendRetention(job, time));
        }
    }

    private static void requireKept(Job job, boolean kept) {
        if (!kept) {
            throw unknown(job.id().toString()); // the job has just expired
        }
    }

    private static Map<String, Object> retention(Job job, Duration time) {
        return Map.of("id", job.id(), "time", time.toMillis());
    }

    /** A job that the caller may pause, resume and delete: an own one, or, for an administrator, any. */
    private Job changeable(String id, Caller caller) {
        Optional<Job> job = caller.changesAllJobs()
                ? jobs.find(ExportHandler.KIND, id)
                : owned(id, caller).filter(found -> found.owner().equals(caller.owner()));
        return job.orElseThrow(() -> unknown(id));
    }

    private static Act act(Activity activity, Job job, HttpServletRequest request) {
        return Act.of(activity, job.id().toString())
                .belongingTo(job.owner(), Caller.of(request).owner());
    }

    private Optional<Job> owned(String id, Caller caller) {
        return jobs.find(ExportHandler.KIND, id, caller.owner()).filter(job -> mayExport(caller, job));
    }

    private static boolean mayExport(Caller caller, Job job) {
        if (ExportPermissions.areUnlimited(caller)) {
            return true;
        }
        ExportContent content = LocationAndHeader.of(job).content();
        return content != null && content.isCoveredBy(caller);
    }

    /** Has a completed export and its files live for this long at least; false if it has just expired. */
    boolean extendRetention(Job job, Duration time) {
        return jobs.extendRetention(job.id(), time);
    }

    private static FhirException published(String id) {
        return FhirException.of(
                409,
                "conflict",
                "The export " + id + " is published by a feed, and its followers need its files. Its feed deletes it.");
    }

    static FhirException unknown(String id) {
        return FhirException.notFound("The requested job '" + id
                + "' was not found: it never was, was cancelled or deleted, or is past its retention.");
    }
}
