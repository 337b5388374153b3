package dev.sluice.bulkimport;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.ingest.RequestBody;
import dev.sluice.job.JobOwner;
import dev.sluice.job.Jobs;
import dev.sluice.job.TooManyJobsException;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.Preferences;
import dev.sluice.web.TooManyRequestsException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
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
@Access(Access.Rule.IMPORT)
class ImportController {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType(RequestBody.FHIR_JSON);

    /** The largest number of errors in a response; the count includes all of them. */
    private static final int MOST_REPORTED = 1_000;

    /** The number of bad lines in the response if a load is given up; the first ones mostly say what is wrong with all. */
    private static final int FEW = 5;

    private static final String BODY = "body of the request";

    private final NdjsonLoader loader;
    private final ImportRequestParser parser;
    private final Jobs jobs;
    private final BaseUrl base;
    private final Audit audit;

    ImportController(NdjsonLoader loader, ImportRequestParser parser, Jobs jobs, BaseUrl base, Audit audit) {
        this.loader = loader;
        this.parser = parser;
        this.jobs = jobs;
        this.base = base;
        this.audit = audit;
    }

    @PostMapping("/fhir/$import")
    ResponseEntity<byte[]> start(HttpServletRequest request) throws IOException {
        if (Caller.of(request).limits().groups() != null) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "This client is limited to some Groups: it reads these Groups and exports them, and nothing else.");
        }
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
        audit.record(request, Act.of(Activity.IMPORT_STARTED, null).with(BODY));
        Act ended = Act.of(Activity.IMPORT_ENDED, null).with(BODY);
        BodyLines lines = new BodyLines();
        LoadOptions options = new LoadOptions(null, ImportMeta.ASSIGN, base.own(), mayDelete(request));
        LoadSummary summary;
        try {
            summary = loader.load(RequestBody.open(request), options, LoadCheckpoint.start(""), lines);
        } catch (IOException | RuntimeException e) {
            audit.record(request, ended.amount(lines.written).outcome(Act.Outcome.FAILED));
            if (e instanceof FhirException refusal) {
                throw lines.addTo(refusal);
            }
            throw e;
        }
        ended = ended.amount(summary.loaded());
        audit.record(request, summary.loaded() == 0 ? ended.outcome(Act.Outcome.FAILED) : ended);
        if (summary.failed() > 0 && summary.loaded() == 0) {
            throw new FhirException(
                    400, lines.reported.stream().map(LineError::issue).toList());
        }
        return ResponseEntity.ok()
                .contentType(FHIR_JSON)
                .body(FhirJson.MAPPER.writeValueAsBytes(summary.parameters(lines.reported)));
    }

    private static boolean mayDelete(HttpServletRequest request) {
        return Caller.of(request).permissions().allow(Operation.IMPORT_DELETIONS);
    }

    private ResponseEntity<byte[]> submit(HttpServletRequest request) throws IOException {
        Caller caller = Caller.of(request);
        JobOwner owner = new JobOwner(
                caller.owner(),
                caller.limits().maxOpenJobs(),
                caller.limits().priority().level());
        try {
            jobs.requireFewOpen(ImportHandler.KIND, owner);
            return accepted(request, owner);
        } catch (TooManyJobsException e) {
            throw new TooManyRequestsException(String.valueOf(e.getMessage()), e);
        }
    }

    private ResponseEntity<byte[]> accepted(HttpServletRequest request, JobOwner owner) throws IOException {
        byte[] body = RequestBody.resource(request);
        if (!Preferences.of(request).has("respond-async")) {
            throw FhirException.of(
                    400,
                    "required",
                    "The header 'Prefer: respond-async' is required: an import of files is answered later, at the URL in"
                            + " Content-Location.");
        }
        ImportRequestParser.Request asked = parser.parse(
                FhirJson.parseObject(body),
                base.of(request) + "/$import",
                mayDelete(request),
                Caller.of(request).limits()::allowsContainer);
        UUID id = UUID.randomUUID();
        audit.record(
                request,
                Act.of(Activity.IMPORT_STARTED, id.toString())
                        .amount(asked.job().inputs().size()),
                () -> jobs.submit(id, ImportHandler.KIND, owner, asked.job().payload(), null));
        ResponseEntity.BodyBuilder accepted = ResponseEntity.accepted()
                .header(HttpHeaders.CONTENT_LOCATION, ImportStatusController.url(base.of(request), id));
        return asked.notes().isEmpty()
                ? accepted.build()
                : accepted.contentType(FHIR_JSON)
                        .body(FhirJson.MAPPER.writeValueAsBytes(FhirJson.operationOutcome(asked.notes())));
    }

    /** What became of the lines of a body. */
    private static final class BodyLines implements NdjsonLoadListener {
        private final List<LineError> reported = new ArrayList<>();
        private long written;

        @Override
        public void badLine(LineError line) {
            if (reported.size() < MOST_REPORTED) {
                reported.add(line);
            }
        }

        @Override
        public void written(long versions) {
            written += versions;
        }

        /** The client has sent the lines itself, so it is told what is wrong with the first bad ones. */
        private FhirException addTo(FhirException refusal) {
            Stream<Issue> few = reported.stream().limit(FEW).map(LineError::issue);
            return new FhirException(
                    refusal.status(),
                    Stream.concat(refusal.issues().stream(), few).toList());
        }
    }
}
