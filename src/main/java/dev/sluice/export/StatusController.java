package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.OperationOutcomes;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the status of an export: in progress, complete with its manifest, failed, or cancelled.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request">Bulk Data IG, status</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping("/fhir" + StatusController.PATH + "{jobId}")
class StatusController {
    /** The path of a status below the base URL, without the id of the job. */
    static final String PATH = "/_operations/export/";

    /** The number of files in a part of the list. */
    private static final int MOST_FILES = 200;

    /** Longer than it takes to write and send a manifest. */
    private static final Duration NEAR = Duration.ofMinutes(1);

    private final ExportJobs exports;
    private final Manifest manifest;
    private final ExportedFiles files;
    private final BaseUrl base;
    private final Clock clock;

    StatusController(ExportJobs exports, Manifest manifest, ExportedFiles files, BaseUrl base, Clock clock) {
        this.exports = exports;
        this.manifest = manifest;
        this.files = files;
        this.base = base;
        this.clock = clock;
    }

    @GetMapping
    ResponseEntity<ObjectNode> status(@PathVariable String jobId, HttpServletRequest request) {
        return page(jobId, 1, request);
    }

    /**
     * Serves a page of the manifest with the status of the export, so that a client that has read all pages can poll
     * the last one for the next. After {@code Prefer: separate-export-status} at the kick-off, every response about the
     * export has status 200.
     */
    @GetMapping("/pages/{number:[0-9]{1,9}}")
    ResponseEntity<ObjectNode> page(@PathVariable String jobId, @PathVariable int number, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        Job job = exports.find(jobId, caller);
        LocationAndHeader known = LocationAndHeader.of(job);
        LocationAndHeader output = job.owner().equals(caller.owner()) ? known : known.ofOther();
        ResponseEntity<ObjectNode> answer = answer(job, output, number, request);
        return !output.header().separateStatus()
                ? answer
                : ResponseEntity.ok()
                        .headers(answer.getHeaders())
                        .header(
                                "X-Export-Status",
                                Integer.toString(answer.getStatusCode().value()))
                        .body(answer.getBody());
    }

    private ResponseEntity<ObjectNode> answer(
            Job job, LocationAndHeader output, int number, HttpServletRequest request) {
        Job.Ending ending = job.ending();
        if (ending != null && output.header().views() != null) { // as SQL on FHIR has it, also for one that has failed
            return ResponseEntity.status(303)
                    .header(HttpHeaders.LOCATION, url(base.of(request), job.id()) + "/result")
                    .build();
        }
        if (ending != null && job.status() == JobStatus.FAILED) {
            Issue issue = Issue.error("exception", "The export has failed: " + ending.failure());
            return ResponseEntity.status(500)
                    .contentType(OperationOutcomes.FHIR_JSON)
                    .body(FhirJson.operationOutcome(List.of(issue)));
        }
        if (ending != null && isNear(ending.expires()) && !exports.extendRetention(job, manifest.urlLifetime())) {
            throw ExportJobs.unknown(job.id().toString()); // the job has just expired
        }
        Optional<ObjectNode> page = manifest(job, output, number, url(base.of(request), job.id()));
        page.ifPresent(given -> exports.recordManifest(job, request, given));
        if (ending == null && (page.isPresent() || number == 1)) {
            return inProgress(job, page);
        }
        ObjectNode body = page.orElseThrow(() -> FhirException.notFound("The manifest of the export " + job.id()
                + " has no page " + number + ", or not yet; follow the links of its pages."));
        Instant kept = clock.instant().plus(manifest.urlLifetime());
        Instant expiry = Objects.requireNonNull(ending).expires();
        Instant expires = isNear(expiry) && expiry.isBefore(kept) ? kept : expiry;
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> headers.setExpires(expires))
                .body(body);
    }

    /** The URL of the status of an export. */
    static String url(String base, UUID job) {
        return base + PATH + job;
    }

    /** Whether a job may expire while its manifest is read, or before the URLs in it expire. */
    private boolean isNear(Instant expiry) {
        return expiry.isBefore(clock.instant().plus(manifest.urlLifetime()).plus(NEAR));
    }

    /** A page of the manifest that can be read now. A manifest without pages is the first page. */
    private Optional<ObjectNode> manifest(Job job, LocationAndHeader output, int number, String jobUrl) {
        if (output.header().partialManifests()) {
            return partial(job, output, number, jobUrl);
        }
        return job.status() == JobStatus.COMPLETED && number == 1
                ? Optional.of(manifest.complete(output, files.result(job), jobUrl))
                : Optional.empty();
    }

    /**
     * A page of the manifest of an export with partial manifests; empty if it does not exist. The first page of a complete
     * export always exists. After a page was returned, only the link to the next page is added to it.
     */
    private Optional<ObjectNode> partial(Job job, LocationAndHeader output, int number, String jobUrl) {
        int last = files.closePage(job);
        if (number > 0 && number <= last) {
            ObjectNode page = manifest.page(output, files.page(job, number), jobUrl);
            if (number < last) {
                page.putArray("link").addObject().put("relation", "next").put("url", jobUrl + "/pages/" + (number + 1));
            }
            return Optional.of(page);
        }
        return last == 0 && number == 1 && job.status() == JobStatus.COMPLETED // without any data
                ? Optional.of(manifest.page(output, files.result(job).files(), jobUrl))
                : Optional.empty();
    }

    /**
     * Serves a part of the list of files, in the order of the manifest, for people who look at them. It gives no signed
     * URL, so it is not recorded as a manifest. With partial manifests, it closes a page as a manifest does.
     *
     * @param after the number of files before the part
     * @param count the largest number of files
     */
    @GetMapping("/files")
    ResponseEntity<ObjectNode> files(
            @PathVariable String jobId,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "100") int count,
            HttpServletRequest request) {
        if (count < 1 || count > MOST_FILES || after < 0) {
            throw FhirException.invalid("The count must be from 1 to " + MOST_FILES + ", and after 0 or more.");
        }
        Job job = exports.find(jobId, Caller.of(request));
        if (job.ending() == null && LocationAndHeader.of(job).header().partialManifests()) {
            files.closePage(job);
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(Manifest.part(files.part(job, after, count), after, url(base.of(request), job.id())));
    }

    private ResponseEntity<ObjectNode> inProgress(Job job, Optional<ObjectNode> page) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.accepted()
                .header("X-Progress", job.progress().text(clock.instant()))
                .header(HttpHeaders.RETRY_AFTER, Long.toString(job.progress().pollAfter(clock.instant())));
        return page.isPresent() ? answer.contentType(MediaType.APPLICATION_JSON).body(page.get()) : answer.build();
    }

    /** Has no process go on with the export until it is resumed. 202 if that changes something, 200 otherwise. */
    @PostMapping("/$pause")
    @Access(Access.Rule.EXPORT_OR_ADMINISTER)
    ResponseEntity<Void> pause(@PathVariable String jobId, HttpServletRequest request) {
        return changed(exports.pause(jobId, true, request));
    }

    /** Has a paused export go on. 202 if that changes something, 200 otherwise. */
    @PostMapping("/$resume")
    @Access(Access.Rule.EXPORT_OR_ADMINISTER)
    ResponseEntity<Void> resume(@PathVariable String jobId, HttpServletRequest request) {
        return changed(exports.pause(jobId, false, request));
    }

    private ResponseEntity<Void> changed(ExportJobs.Changed changed) {
        return ResponseEntity.status(changed.changed() ? 202 : 200)
                .header("X-Progress", changed.job().progress().text(clock.instant()))
                .build();
    }

    @DeleteMapping
    @Access(Access.Rule.EXPORT_OR_ADMINISTER)
    ResponseEntity<Void> cancel(@PathVariable String jobId, HttpServletRequest request) {
        exports.discard(jobId, request);
        return ResponseEntity.accepted().build();
    }
}
