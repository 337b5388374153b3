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

    /** Longer than it takes to write and send a manifest. */
    private static final Duration NEAR = Duration.ofMinutes(1);

    private final ExportJobs exports;
    private final Manifest manifest;
    private final ManifestPages pages;
    private final BaseUrl base;
    private final Clock clock;

    StatusController(ExportJobs exports, Manifest manifest, ManifestPages pages, BaseUrl base, Clock clock) {
        this.exports = exports;
        this.manifest = manifest;
        this.pages = pages;
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
        Job job = exports.find(jobId, Caller.of(request));
        LocationAndHeader output = LocationAndHeader.of(job);
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
        if (ending != null && job.status() == JobStatus.FAILED) {
            Issue issue = Issue.error("exception", "The export has failed: " + ending.text());
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
            return pages.find(job, number, jobUrl);
        }
        return Optional.ofNullable(job.ending())
                .filter(ending -> number == 1)
                .map(ending -> manifest.complete(output, ExportResult.of(ending.text()), jobUrl));
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
