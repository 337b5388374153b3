package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One entry of a transaction or batch, as it was sent.
 *
 * @param index its place in the Bundle, from 0
 * @param fullUrl the name by which other entries refer to its resource
 * @param request what is to be done, not yet looked at
 * @param resource the text of its resource, as it stands in the Bundle
 */
record BundleEntry(
        int index, @Nullable String fullUrl, @Nullable JsonNode request, byte @Nullable [] resource) {
    /** Does something for this entry; a problem that comes of it names the entry. */
    <T> T explaining(Supplier<T> work) {
        try {
            return work.get();
        } catch (FhirProblem e) {
            throw new FhirProblem(
                    e.status(),
                    e.issues().stream()
                            .map(issue -> new Issue(
                                    issue.severity(),
                                    issue.code(),
                                    "Bundle.entry[" + index + "]: " + issue.diagnostics()))
                            .toList());
        }
    }
}
