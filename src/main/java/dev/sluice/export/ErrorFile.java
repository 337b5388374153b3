package dev.sluice.export;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Written;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem.Issue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.stereotype.Component;

/** Writes what a client should know of an export: one OperationOutcome a line, one issue in each. */
@Component
class ErrorFile {
    private static final String TYPE = "OperationOutcome";

    private final ExportSettings settings;

    ErrorFile(ExportSettings settings) {
        this.settings = settings;
    }

    /** The file as the manifest's {@code error} lists it; nothing if there is nothing to say. */
    List<ExportedFile> write(ExportJob.Place place, List<Issue> issues, BlobBatch batch) {
        if (issues.isEmpty()) {
            return List.of();
        }
        String name = "errors-1.ndjson";
        try (BlobWriter file =
                batch.create(place.file(name), settings.compression().encoding())) {
            for (Issue issue : issues) {
                byte[] line = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(StandardCharsets.UTF_8);
                file.write(line, 0, line.length);
            }
            Written written = file.commit();
            return List.of(new ExportedFile(TYPE, name, issues.size(), written, null));
        }
    }
}
