package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.ingest.RequestBody;
import dev.sluice.job.Jobs;
import dev.sluice.job.TooManyJobsException;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.Preferences;
import dev.sluice.web.TooManyRequestsException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves {@code $import}. NDJSON in the body of the request is loaded before the response. Files that a {@code
 * Parameters} resource names, in the form of Azure API for FHIR, are loaded by a job.
 */
@RestController
class ImportController {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType(RequestBody.FHIR_JSON);

    /** The largest number of errors in a response; the count includes all of them. */
    private static final int MOST_REPORTED = 1_000;

    private final NdjsonLoader loader;
    private final ImportRequestParser parser;
    private final Jobs jobs;
    private final BaseUrl base;

    ImportController(NdjsonLoader loader, ImportRequestParser parser, Jobs jobs, BaseUrl base) {
        this.loader = loader;
        this.parser = parser;
        this.jobs = jobs;
        this.base = base;
    }

    @PostMapping("/fhir/$import")
    ResponseEntity<byte[]> start(HttpServletRequest request) throws IOException {
        String contentType = request.getContentType();
        if (RequestBody.isNdjson(contentType)) {
            return load(request);
        }
        if (RequestBody.isJson(contentType)) {
            return submit(request);
        }
        throw RequestBody.wrongType(
                request,
                RequestBody.FHIR_NDJSON + " with the data itself, or " + RequestBody.FHIR_JSON
                        + " with a Parameters resource that names files,");
    }

    private ResponseEntity<byte[]> load(HttpServletRequest request) throws IOException {
        List<LineError> reported = new ArrayList<>();
        LoadSummary summary = loader.load(RequestBody.open(request), null, ImportMeta.ASSIGN, base.own(), line -> {
            if (reported.size() < MOST_REPORTED) {
                reported.add(line);
            }
        });
        if (summary.failed() > 0 && summary.loaded() == 0) {
            throw new FhirException(400, reported.stream().map(LineError::issue).toList());
        }
        return ResponseEntity.ok()
                .contentType(FHIR_JSON)
                .body(FhirJson.MAPPER.writeValueAsBytes(summary.parameters(reported)));
    }

    private ResponseEntity<byte[]> submit(HttpServletRequest request) throws IOException {
        try {
            jobs.requireFewOpen(ImportHandler.KIND);
            return accepted(request);
        } catch (TooManyJobsException e) {
            throw new TooManyRequestsException(String.valueOf(e.getMessage()), e);
        }
    }

    private ResponseEntity<byte[]> accepted(HttpServletRequest request) throws IOException {
        byte[] body = RequestBody.resource(request);
        if (!Preferences.of(request).has("respond-async")) {
            throw FhirException.of(
                    400,
                    "required",
                    "The header 'Prefer: respond-async' is required: an import of files is answered later, at the URL in"
                            + " Content-Location.");
        }
        ImportRequestParser.Request asked = parser.parse(FhirJson.parseObject(body), base.of(request) + "/$import");
        UUID id = UUID.randomUUID();
        jobs.submit(id, ImportHandler.KIND, asked.job().payload());
        ResponseEntity.BodyBuilder accepted = ResponseEntity.accepted()
                .header(HttpHeaders.CONTENT_LOCATION, ImportStatusController.url(base.of(request), id));
        return asked.notes().isEmpty()
                ? accepted.build()
                : accepted.contentType(FHIR_JSON)
                        .body(FhirJson.MAPPER.writeValueAsBytes(FhirJson.operationOutcome(asked.notes())));
    }
}
