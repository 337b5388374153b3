package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of one entry of a Bundle.
 *
 * @param entry the entry of the response Bundle, without the resource
 * @param resource the resource as it is now, where the response is to hold it
 */
record BundleResult(ObjectNode entry, byte @Nullable [] resource) {
    /**
     * An entry that was done.
     *
     * @param status the HTTP status that the same request would have had by itself
     */
    static BundleResult done(
            int status, ResourceKey key, int versionId, Instant lastUpdated, byte @Nullable [] resource) {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode();
        ObjectNode response = entry.putObject("response").put("status", reason(status));
        if (versionId > 0) {
            if (status != 204) {
                response.put("location", key + "/_history/" + versionId);
            }
            response.put("etag", VersionTag.of(versionId)).put("lastModified", FhirInstant.format(lastUpdated));
        }
        return new BundleResult(entry, resource);
    }

    /** An entry that was refused. */
    static BundleResult refused(FhirException problem) {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode();
        entry.putObject("response")
                .put("status", reason(problem.status()))
                .set("outcome", FhirJson.operationOutcome(problem.issues()));
        return new BundleResult(entry, null);
    }

    /** Writes the response Bundle, entry by entry. */
    static void write(boolean atomic, List<BundleResult> results, OutputStream out) throws IOException {
        out.write(bytes("{\"resourceType\":\"Bundle\",\"type\":\""
                + (atomic ? "transaction-response" : "batch-response") + '"'));
        String separator = ",\"entry\":[";
        for (BundleResult result : results) {
            byte[] entry = FhirJson.MAPPER.writeValueAsBytes(result.entry);
            out.write(bytes(separator));
            if (result.resource == null) {
                out.write(entry);
            } else {
                out.write(bytes("{\"resource\":"));
                out.write(result.resource);
                out.write(',');
                out.write(entry, 1, entry.length - 1);
            }
            separator = ",";
        }
        out.write(bytes(results.isEmpty() ? "}" : "]}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String reason(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? Integer.toString(status) : status + " " + known.getReasonPhrase();
    }
}
