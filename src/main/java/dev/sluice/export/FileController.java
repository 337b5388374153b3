package dev.sluice.export;

import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.DownloadMode;
import dev.sluice.blob.DownloadUrls;
import dev.sluice.blob.StoredBlob;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Job;
import dev.sluice.json.GzipInput;
import dev.sluice.output.ExportedFile;
import dev.sluice.plan.ViewOutput;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.ClientRates;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams the files of an export through this server, with range requests, so that a client can resume a download.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-range-requests">RFC 9110, range requests</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
class FileController {
    private static final Logger log = LoggerFactory.getLogger(FileController.class);
    private static final String NDJSON = "application/fhir+ndjson";
    private static final String GZIP = "application/gzip";
    private static final String PARQUET = "application/vnd.apache.parquet";
    private static final String PARQUET_FILE = ".parquet";
    private static final int BUFFER_BYTES = 16 << 10;

    private final ExportJobs exports;
    private final ExportedFiles files;
    private final BlobStore blobs;
    private final ClientRates rates;
    private final DownloadUrls urls;

    FileController(ExportJobs exports, ExportedFiles files, BlobStore blobs, ClientRates rates, DownloadUrls urls) {
        this.exports = exports;
        this.files = files;
        this.blobs = blobs;
        this.rates = rates;
        this.urls = urls;
    }

    /**
     * Sends a file.
     *
     * @param redirect whether the answer may lead to the storage instead, as the URLs of manifests do; so people open one
     *     file of many without a manifest
     */
    @GetMapping("/fhir" + StatusController.PATH + "{jobId}/files/{name}")
    void file(
            @PathVariable String jobId,
            @PathVariable String name,
            @RequestParam(defaultValue = "false") boolean redirect,
            @RequestHeader HttpHeaders headers,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Job job = exports.find(jobId, Caller.of(request));
        rates.requireDownload(Caller.of(request));
        ExportedFile file = listed(job, name);
        if (redirect && urls.mode() != DownloadMode.SERVER) {
            redirect(job, file, request, response);
        } else {
            give(job, file, headers, request, response);
        }
    }

    private void give(
            Job job, ExportedFile file, HttpHeaders headers, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        FileRepresentation form = FileRepresentation.of(file, headers.getOrEmpty(HttpHeaders.ACCEPT_ENCODING));
        String etag = form.etag();
        response.setHeader(HttpHeaders.ETAG, etag);
        response.setHeader(HttpHeaders.ACCEPT_RANGES, form.decompressed() ? "none" : "bytes");
        if (form.negotiated()) {
            response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        FileConditions conditions = new FileConditions(headers, etag);
        if (conditions.isWanted() && !isHead(request)) {
            exports.recordFile(job, request, file, ExportJobs.READ_WITHIN);
        } else {
            exports.keep(job, ExportJobs.READ_WITHIN);
        }
        if (!conditions.isWanted()) {
            response.setStatus(HttpStatus.NOT_MODIFIED.value());
            return;
        }
        String stored = file.name();
        response.setContentType(
                stored.endsWith(".gz") ? GZIP : stored.endsWith(PARQUET_FILE) ? PARQUET : contentType(job, file));
        if (form.decompressed()) {
            sendDecompressed(job, file, request, response);
            return;
        }
        Optional<HttpRange> range = conditions.range();
        try (StoredBlob blob = open(job, file.name(), 0, range.isPresent() ? 0 : BlobStore.TO_THE_END)) {
            if (range.isEmpty()) {
                send(job, blob, blob.totalLength(), request, response);
            } else {
                part(job, file.name(), range.get(), blob.totalLength(), request, response);
            }
        }
    }

    /**
     * Leads to the file in the storage, by the URL that a manifest would have now. The URL may open without a token, so the
     * file is recorded as given, also for HEAD.
     */
    private void redirect(Job job, ExportedFile file, HttpServletRequest request, HttpServletResponse response) {
        String url = urls.of(LocationAndHeader.of(job).location().file(file.name()), "");
        Duration opens = urls.urlLifetime();
        exports.recordFile(
                job, request, file, opens.compareTo(ExportJobs.READ_WITHIN) > 0 ? opens : ExportJobs.READ_WITHIN);
        response.setStatus(HttpStatus.FOUND.value());
        response.setHeader(HttpHeaders.LOCATION, url);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static boolean isHead(HttpServletRequest request) {
        return request.getMethod().equals("HEAD");
    }

    /** Files of views are no FHIR. */
    private static String contentType(Job job, ExportedFile file) {
        ManifestHeader.ViewHeader views = LocationAndHeader.of(job).header().views();
        if (views == null || "OperationOutcome".equals(file.type())) {
            return NDJSON;
        }
        return ViewOutput.Format.valueOf(views.format().toUpperCase(Locale.ROOT))
                .mediaType();
    }

    private void part(
            Job job, String name, HttpRange range, long total, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        long start = range.getRangeStart(total);
        long end = range.getRangeEnd(total);
        if (start >= total) {
            response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + total);
            throw FhirException.of(
                    416,
                    "invalid",
                    "The file has " + total + " bytes, and the Range '" + range + "' begins behind them.");
        }
        response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
        response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes " + start + "-" + end + "/" + total);
        try (StoredBlob blob = open(job, name, start, end - start + 1)) {
            send(job, blob, end - start + 1, request, response);
        }
    }

    private void send(Job job, StoredBlob blob, long length, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentLengthLong(length);
        if (blob.contentEncoding() != null) {
            response.setHeader(HttpHeaders.CONTENT_ENCODING, blob.contentEncoding());
        }
        if (!isHead(request)) {
            copy(job, request, blob.content(), response.getOutputStream());
        }
    }

    /** Ranges apply to the stored bytes, so a decompressed file is sent whole. */
    private void sendDecompressed(Job job, ExportedFile file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try (StoredBlob blob = open(job, file.name(), 0, BlobStore.TO_THE_END);
                InputStream content = blob.contentEncoding() == null ? blob.content() : new GzipInput(blob.content())) {
            response.setContentLengthLong(file.bytes());
            if (!isHead(request)) {
                copy(job, request, content, response.getOutputStream());
            }
        }
    }

    /** Copies a file to a client, however slow, and keeps its job from expiring meanwhile. */
    private void copy(Job job, HttpServletRequest request, InputStream file, OutputStream reader) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long lastExtended = System.nanoTime();
        long sent = 0;
        try {
            for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
                reader.write(buffer, 0, read);
                sent += read;
                if (System.nanoTime() - lastExtended > ExportJobs.READ_WITHIN.toNanos() / 3) {
                    lastExtended = System.nanoTime();
                    extendRetention(job);
                }
            }
        } finally {
            rates.downloaded(Caller.of(request), sent);
        }
    }

    private void extendRetention(Job job) {
        try {
            exports.extendRetention(job, ExportJobs.READ_WITHIN);
        } catch (RuntimeException e) {
            log.warn(
                    "The retention of export {} could not be extended while a file is read; it is tried again: {}",
                    job.id(),
                    e.toString());
        }
    }

    private StoredBlob open(Job job, String name, long offset, long length) {
        try {
            return blobs.open(LocationAndHeader.of(job).location().file(name), offset, length);
        } catch (BlobException e) {
            boolean gone = e.reason() == BlobException.Reason.NOT_FOUND;
            throw FhirException.of(
                    gone ? 410 : 503,
                    gone ? "deleted" : "transient",
                    "The file cannot be read from the storage: " + e.sentence(),
                    e);
        }
    }

    /** Only files that a manifest lists are served, so that a name cannot lead to any other file. */
    private ExportedFile listed(Job job, String name) {
        return files.find(job, name)
                .orElseThrow(() -> FhirException.notFound("The export " + job.id() + " has no file '" + name
                        + "'; its manifest lists the files that it has."));
    }
}
