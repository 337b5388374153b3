package dev.sluice.bulkimport;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlob;
import dev.sluice.bulkimport.ImportJob.Loaded;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.ingest.RequestBody;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.job.Jobs;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the status of an import of files: in progress, complete with its result in the form of Azure API for FHIR, or
 * failed.
 */
@RestController
@Access(Access.Rule.IMPORT)
@RequestMapping("/fhir" + ImportStatusController.PATH + "{jobId}")
class ImportStatusController {
    /** The path of a status below the base URL, without the id of the job. */
    static final String PATH = "/_operations/import/";

    private final Jobs jobs;
    private final BlobStore blobs;
    private final BaseUrl base;
    private final Clock clock;
    private final Audit audit;

    ImportStatusController(Jobs jobs, BlobStore blobs, BaseUrl base, Clock clock, Audit audit) {
        this.jobs = jobs;
        this.blobs = blobs;
        this.base = base;
        this.clock = clock;
        this.audit = audit;
    }

    @GetMapping
    ResponseEntity<ObjectNode> status(@PathVariable String jobId, HttpServletRequest request) {
        Job job = find(jobId, request);
        Job.Ending ending = job.ending();
        if (ending == null) {
            return ResponseEntity.accepted()
                    .header("X-Progress", job.progress().text(clock.instant()))
                    .header(
                            HttpHeaders.RETRY_AFTER,
                            Long.toString(job.progress().pollAfter(clock.instant())))
                    .build();
        }
        if (job.status() == JobStatus.FAILED) {
            throw FhirException.of(
                    500,
                    "exception",
                    "The import has failed: " + ending.failure()
                            + " What it loaded before stays; once the cause is repaired, import all files again.");
        }
        String errors = url(base.of(request), job.id()) + "/errors/";
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(result(job, ending, errors));
    }

    /** The URL of the status of an import. */
    static String url(String base, UUID job) {
        return base + PATH + job;
    }

    @DeleteMapping
    @Access(Access.Rule.IMPORT_OR_ADMINISTER)
    ResponseEntity<Void> cancel(@PathVariable String jobId, HttpServletRequest request) {
        Job job = changeable(jobId, request);
        audit.record(request, act(Activity.IMPORT_DELETED, job, request), () -> {
            if (!jobs.discard(ImportHandler.KIND, jobId, job.owner())) {
                throw unknown(jobId);
            }
        });
        return ResponseEntity.accepted().build();
    }

    /** Has no process go on with the import until it is resumed. 202 if that changes something, 200 otherwise. */
    @PostMapping("/$pause")
    @Access(Access.Rule.IMPORT_OR_ADMINISTER)
    ResponseEntity<Void> pause(@PathVariable String jobId, HttpServletRequest request) {
        return change(jobId, Activity.IMPORT_PAUSED, request);
    }

    /** Has a paused import go on. 202 if that changes something, 200 otherwise. */
    @PostMapping("/$resume")
    @Access(Access.Rule.IMPORT_OR_ADMINISTER)
    ResponseEntity<Void> resume(@PathVariable String jobId, HttpServletRequest request) {
        return change(jobId, Activity.IMPORT_RESUMED, request);
    }

    private ResponseEntity<Void> change(String jobId, Activity activity, HttpServletRequest request) {
        Job job = changeable(jobId, request);
        AtomicBoolean changed = new AtomicBoolean();
        audit.record(
                request,
                act(activity, job, request),
                () -> changed.set((activity == Activity.IMPORT_PAUSED
                                ? jobs.pause(ImportHandler.KIND, jobId, job.owner())
                                : jobs.resume(ImportHandler.KIND, jobId, job.owner()))
                        .orElseThrow(() -> FhirException.of(
                                409,
                                "conflict",
                                "The import " + jobId
                                        + " has ended, so it cannot be paused or resumed. Read its status."))));
        return ResponseEntity.status(changed.get() ? 202 : 200)
                .header("X-Progress", changeable(jobId, request).progress().text(clock.instant()))
                .build();
    }

    /** The bad lines of one file, of an import that is complete or has failed. */
    @GetMapping("/errors/{name}")
    void errors(
            @PathVariable String jobId,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Job job = find(jobId, request);
        if (!mayExist(job, name)) {
            throw noFile(jobId, name);
        }
        try (StoredBlob blob = blobs.open(ImportErrors.path(job.id(), name), 0, BlobStore.TO_THE_END)) {
            response.setContentType(RequestBody.FHIR_NDJSON);
            response.setContentLengthLong(blob.totalLength());
            blob.content().transferTo(response.getOutputStream());
        } catch (BlobException e) {
            if (e.reason() == BlobException.Reason.NOT_FOUND && job.status() == JobStatus.FAILED) {
                throw noFile(jobId, name);
            }
            throw FhirException.of(503, "transient", "The file cannot be read from the storage: " + e.sentence(), e);
        }
    }

    /** A completed import lists its files of errors. Of a failed one, the storage tells which exist. */
    private boolean mayExist(Job job, String name) {
        return job.status() == JobStatus.FAILED
                ? IntStream.range(0, ImportJob.of(job).inputs().size())
                        .mapToObj(ImportErrors::name)
                        .anyMatch(name::equals)
                : jobs.result(job.id()).stream()
                        .flatMap(result -> Loaded.all(result).stream())
                        .anyMatch(file -> name.equals(file.errorFile()));
    }

    private static FhirException noFile(String jobId, String name) {
        return FhirException.notFound("The import " + jobId + " has no file '" + name + "'.");
    }

    private ObjectNode result(Job job, Job.Ending ending, String errors) {
        ObjectNode result = FhirJson.MAPPER
                .createObjectNode()
                .put("transactionTime", FhirInstant.format(ending.finished()))
                .put("request", ImportJob.of(job).url());
        ArrayNode output = result.putArray("output");
        ArrayNode error = result.putArray("error");
        List<Loaded> files = Loaded.all(
                jobs.result(job.id()).orElseThrow(() -> unknown(job.id().toString())));
        for (Loaded file : files) {
            ObjectNode loaded = output.addObject();
            if (file.type() != null) {
                loaded.put("type", file.type());
            }
            loaded.put("count", file.count()).put("inputUrl", file.url());
            if (file.outdated() > 0) {
                loaded.put("outdated", file.outdated());
            }
            if (file.unresolved() != null && !file.unresolved().isEmpty()) {
                ArrayNode unresolved = loaded.putArray("unresolvedReferences");
                file.unresolved()
                        .forEach(count -> unresolved
                                .addObject()
                                .put("kind", count.kind())
                                .put("count", count.count())
                                .put("text", count.text()));
            }
            if (file.errorFile() != null) {
                error.addObject()
                        .put("type", "OperationOutcome")
                        .put("count", file.errors())
                        .put("inputUrl", file.url())
                        .put("url", errors + file.errorFile());
            }
        }
        return result;
    }

    /** To other clients, the import of a client does not exist. */
    private Job find(String jobId, HttpServletRequest request) {
        return jobs.find(ImportHandler.KIND, jobId, Caller.of(request).owner()).orElseThrow(() -> unknown(jobId));
    }

    /** A job that the caller may pause, resume and delete: an own one, or, for an administrator, any. */
    private Job changeable(String jobId, HttpServletRequest request) {
        return Caller.of(request).changesAllJobs()
                ? jobs.find(ImportHandler.KIND, jobId).orElseThrow(() -> unknown(jobId))
                : find(jobId, request);
    }

    private static Act act(Activity activity, Job job, HttpServletRequest request) {
        return Act.of(activity, job.id().toString())
                .belongingTo(job.owner(), Caller.of(request).owner());
    }

    private static FhirException unknown(String jobId) {
        return FhirException.notFound("The requested job '" + jobId
                + "' was not found: it never existed, was cancelled or deleted, or is past its retention.");
    }
}
