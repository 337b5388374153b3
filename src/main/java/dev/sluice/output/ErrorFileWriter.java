package dev.sluice.output;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.ExportPlan;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the warnings of an export to its error file: one OperationOutcome per line, with one issue each. */
final class ErrorFileWriter {
    private ErrorFileWriter() {}

    /** The file as the manifest's {@code error} lists it; empty if no issues exist. */
    static List<ExportedFile> write(ExportPlan plan, String name, List<Issue> issues, BlobBatch batch) {
        if (issues.isEmpty()) {
            return List.of();
        }
        try (BlobWriter writer = batch.create(plan.location().file(name), plan.encoding())) {
            for (Issue issue : issues) {
                byte[] line = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(StandardCharsets.UTF_8);
                writer.write(line, 0, line.length);
            }
            return List.of(new ExportedFile(
                    ResourceType.OPERATION_OUTCOME.name(), name, issues.size(), writer.commit(), null));
        }
    }
}
