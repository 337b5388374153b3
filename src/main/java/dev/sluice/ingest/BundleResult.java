package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** The result of one entry of a Bundle. */
sealed interface BundleResult {
    /** Adds the entry that tells it to a response Bundle. */
    void addTo(ArrayNode entries);

    /**
     * It was done.
     *
     * @param status the HTTP status that the same request would have had by itself
     * @param resource the resource as it is now, where the response is to hold it
     */
    record Done(int status, ResourceKey key, int versionId, Instant lastUpdated, byte @Nullable [] resource)
            implements BundleResult {
        @Override
        public void addTo(ArrayNode entries) {
            ObjectNode entry = entries.addObject();
            if (resource != null) {
                entry.putRawValue("resource", new RawValue(new String(resource, StandardCharsets.UTF_8)));
            }
            ObjectNode response = entry.putObject("response").put("status", reason(status));
            if (versionId > 0) {
                if (status != 204) {
                    response.put("location", key + "/_history/" + versionId);
                }
                response.put("etag", VersionTag.of(versionId)).put("lastModified", FhirInstant.format(lastUpdated));
            }
        }
    }

    /** It was refused. */
    record Refused(FhirException problem) implements BundleResult {
        @Override
        public void addTo(ArrayNode entries) {
            ObjectNode response = entries.addObject().putObject("response").put("status", reason(problem.status()));
            response.set("outcome", FhirJson.operationOutcome(problem.issues()));
        }
    }

    /** The response Bundle. */
    static byte[] bundle(boolean atomic, List<? extends BundleResult> results) {
        ObjectNode bundle = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "Bundle")
                .put("type", atomic ? "transaction-response" : "batch-response");
        if (!results.isEmpty()) {
            ArrayNode entries = bundle.putArray("entry");
            results.forEach(result -> result.addTo(entries));
        }
        return FhirJson.MAPPER.writeValueAsBytes(bundle);
    }

    private static String reason(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? Integer.toString(status) : status + " " + known.getReasonPhrase();
    }
}
