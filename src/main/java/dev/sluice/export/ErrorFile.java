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

    /**
     * The file as the manifest's {@code error} lists it; nothing if there is nothing to say.
     *
     * @param name without what all these files begin with and end in
     */
    List<ExportedFile> write(ExportJob.Place place, String name, List<Issue> issues, BlobBatch batch) {
        if (issues.isEmpty()) {
            return List.of();
        }
        String file = settings.compression().file("errors-" + name + ".ndjson");
        try (BlobWriter writer =
                batch.create(place.file(file), settings.compression().encoding())) {
            for (Issue issue : issues) {
                byte[] line = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(StandardCharsets.UTF_8);
                writer.write(line, 0, line.length);
            }
            Written written = writer.commit();
            return List.of(new ExportedFile(TYPE, file, issues.size(), written, null));
        }
    }
}
