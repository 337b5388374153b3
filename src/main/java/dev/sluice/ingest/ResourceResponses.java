package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.Spool;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.Preferences;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Builds responses about resources, with the headers that name their version. A large body waits for its client in a
 * temporary file, so that it holds no memory.
 */
@Component
class ResourceResponses {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType(RequestBody.FHIR_JSON);

    private final BaseUrl base;

    ResourceResponses(BaseUrl base) {
        this.base = base;
    }

    /** A version that was asked for; {@code If-None-Match} is Spring's to answer. */
    ResponseEntity<Object> read(HttpServletRequest request, StoredVersion version) {
        return body(head(version).contentType(FHIR_JSON), request, version.body());
    }

    /** The response to a read, without the body and its type. */
    ResponseEntity.BodyBuilder head(StoredVersion version) {
        if (version.deleted()) {
            throw FhirException.of(
                    410,
                    "deleted",
                    version.key() + " was deleted by version " + version.versionId() + " at " + version.lastUpdated()
                            + "; earlier versions are at [base]/" + version.key() + "/_history/[version].");
        }
        return ResponseEntity.ok().eTag(VersionTag.of(version.versionId())).lastModified(version.lastUpdated());
    }

    /** The resource that a conditional create found. */
    ResponseEntity<Object> found(HttpServletRequest request, StoredVersion version) {
        URI location = URI.create(base.of(request) + "/" + version.key() + "/_history/" + version.versionId());
        ResponseEntity.BodyBuilder response = ResponseEntity.ok()
                .location(location)
                .eTag(VersionTag.of(version.versionId()))
                .lastModified(version.lastUpdated())
                .contentType(FHIR_JSON);
        return body(response, request, version.body());
    }

    /** What became of a create or an update. */
    ResponseEntity<Object> written(HttpServletRequest request, WriteResult outcome, Prepared resource) {
        ResponseEntity.BodyBuilder response = ResponseEntity.status(outcome.kind() == Kind.CREATED ? 201 : 200)
                .location(URI.create(base.of(request) + "/" + outcome.key() + "/_history/" + outcome.versionId()))
                .eTag(VersionTag.of(outcome.versionId()))
                .lastModified(outcome.lastUpdated());
        return Preferences.of(request).has("return", "minimal")
                ? response.build()
                : body(
                        response.contentType(FHIR_JSON),
                        request,
                        resource.content().line().stamp(outcome.versionId(), outcome.metaLastUpdated()));
    }

    /** Completes a response by this body. */
    static ResponseEntity<Object> body(ResponseEntity.BodyBuilder response, HttpServletRequest request, byte[] body) {
        RequestMemory memory = RequestMemory.of(request);
        if (body.length <= MemoryBudget.SMALL) {
            memory.claim().close();
            return response.body(body);
        }
        try {
            Spool spool = memory.spool();
            spool.write(body);
            return body(response, memory, spool);
        } catch (IOException e) { // what the response tells is done, whether a file can be written or not
            return response.body(body);
        }
    }

    /** Completes a response by what a spool of its request holds, and gives back the memory of the request. */
    static ResponseEntity<Object> body(ResponseEntity.BodyBuilder response, RequestMemory memory, Spool spool)
            throws IOException {
        memory.claim().close();
        return response.contentLength(spool.size()).body(new InputStreamResource(spool.content()));
    }
}
