package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.ExportPlan;
import java.util.List;

/** A file of issues for the list {@code error} of the manifest. */
public final class OutcomeFile {
    private OutcomeFile() {}

    /** Writes one OperationOutcome per line, with one issue each. */
    public static ExportedFile write(BlobBatch batch, ExportPlan plan, String name, List<Issue> issues) {
        try (BlobWriter writer = batch.create(plan.location().file(name), plan.encoding())) {
            for (Issue issue : issues) {
                byte[] line = (FhirJson.operationOutcome(List.of(issue)) + "\n").getBytes(UTF_8);
                writer.write(line, 0, line.length);
            }
            return new ExportedFile(ResourceType.OPERATION_OUTCOME.name(), name, issues.size(), writer.commit(), null);
        }
    }
}
