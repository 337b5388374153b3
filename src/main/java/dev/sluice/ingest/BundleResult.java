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
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Creates response Bundles and their entries. */
final class BundleResult {
    private BundleResult() {}

    /**
     * An entry that was done.
     *
     * @param status the HTTP status that the same request would have had by itself
     * @param resource the resource as it is now, where the response is to hold it
     */
    static ObjectNode done(
            int status, ResourceKey key, int versionId, Instant lastUpdated, byte @Nullable [] resource) {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode();
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
        return entry;
    }

    /** An entry that was refused. */
    static ObjectNode refused(FhirException problem) {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode();
        entry.putObject("response")
                .put("status", reason(problem.status()))
                .set("outcome", FhirJson.operationOutcome(problem.issues()));
        return entry;
    }

    static byte[] bundle(boolean atomic, List<ObjectNode> entries) {
        ObjectNode bundle = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "Bundle")
                .put("type", atomic ? "transaction-response" : "batch-response");
        if (!entries.isEmpty()) {
            bundle.putArray("entry").addAll(entries);
        }
        return FhirJson.MAPPER.writeValueAsBytes(bundle);
    }

    private static String reason(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? Integer.toString(status) : status + " " + known.getReasonPhrase();
    }
}
