package dev.sluice.export;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Written;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Writes what a client should know of an export that is complete: one OperationOutcome a line, one issue in each. */
@Component
class ErrorFile {
    private static final String TYPE = "OperationOutcome";

    private final Patients patients;
    private final BlobStore blobs;
    private final ExportSettings settings;

    ErrorFile(Patients patients, BlobStore blobs, ExportSettings settings) {
        this.patients = patients;
        this.blobs = blobs;
        this.settings = settings;
    }

    /**
     * The file as the manifest's {@code error} lists it; nothing if there is nothing to say.
     *
     * @param more what is to be said beside what the request and its patients have to say
     */
    List<ExportedFile> write(ExportJob job, List<Issue> more) {
        List<Issue> issues = new ArrayList<>(job.request().warnings());
        patients.warnings(job).forEach(text -> issues.add(new Issue(Severity.WARNING, "not-found", text)));
        issues.addAll(more);
        if (issues.isEmpty()) {
            return List.of();
        }
        String name = "errors-1.ndjson";
        try (BlobWriter file =
                blobs.create(job.place().file(name), settings.compression().encoding())) {
            for (Issue issue : issues) {
                byte[] line = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(StandardCharsets.UTF_8);
                file.write(line, 0, line.length);
            }
            Written written = file.commit();
            return List.of(new ExportedFile(TYPE, name, issues.size(), written, null));
        }
    }
}
