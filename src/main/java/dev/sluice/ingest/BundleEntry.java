package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedRuntimeException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One entry of a transaction or batch, as received.
 *
 * @param index its place in the Bundle, from 0
 * @param fullUrl the name by which other entries refer to its resource
 * @param request the request, not yet parsed
 * @param resource the text of its resource, as it stands in the Bundle
 * @param fault why the entry cannot be read; null if it can
 */
record BundleEntry(
        int index,
        @Nullable String fullUrl,
        @Nullable JsonNode request,
        byte @Nullable [] resource,
        @Nullable FhirException fault) {

    /** An entry that cannot be done. */
    static BundleEntry wrong(int index, FhirException fault) {
        return new BundleEntry(index, null, null, null, fault);
    }

    /** Reads an entry from the texts of its members, of which each is valid JSON; a 400 problem if it makes no sense. */
    static BundleEntry read(int index, Map<String, byte[]> members) {
        byte[] fullUrl = members.get("fullUrl");
        byte[] request = members.get("request");
        return new BundleEntry(
                index,
                fullUrl == null ? null : text(fullUrl),
                request == null ? null : request(request),
                members.get("resource"),
                null);
    }

    private static String text(byte[] fullUrl) {
        JsonNode node = fullUrl[0] == '"' ? FhirJson.MAPPER.readTree(fullUrl) : FhirJson.MAPPER.nullNode();
        if (!node.isString()) {
            throw FhirException.invalid("fullUrl must be a string, in double quotes.");
        }
        return node.stringValue();
    }

    private static ObjectNode request(byte[] request) {
        if (request[0] != '{') {
            throw FhirException.invalid("request must be a JSON object, in '{' and '}'.");
        }
        return FhirJson.parseObject(request);
    }

    /**
     * Does something for this entry; a problem that comes of it names the entry. So does any fault but those of the
     * database, which have nothing to do with this entry.
     */
    <T> T explaining(Supplier<T> work) {
        try {
            return work.get();
        } catch (NestedRuntimeException e) {
            throw e;
        } catch (RuntimeException fault) {
            FhirException e = UnexpectedFault.of(fault);
            throw new FhirException(
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
