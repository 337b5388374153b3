package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.Preferences;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Builds responses about single resources, with the headers that name their version. */
@Component
class ResourceResponses {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType(RequestBody.FHIR_JSON);

    private final BaseUrl base;

    ResourceResponses(BaseUrl base) {
        this.base = base;
    }

    /** A version that was asked for; {@code If-None-Match} is Spring's to answer. */
    ResponseEntity<byte[]> read(StoredVersion version) {
        if (version.deleted()) {
            throw FhirException.of(
                    410,
                    "deleted",
                    version.key() + " was deleted by version " + version.versionId() + " at " + version.lastUpdated()
                            + "; earlier versions are at [base]/" + version.key() + "/_history/[version].");
        }
        return body(ResponseEntity.ok(), version);
    }

    /** The resource that a conditional create found. */
    ResponseEntity<byte[]> found(HttpServletRequest request, StoredVersion version) {
        URI location = URI.create(base.of(request) + "/" + version.key() + "/_history/" + version.versionId());
        return body(ResponseEntity.ok().location(location), version);
    }

    private static ResponseEntity<byte[]> body(ResponseEntity.BodyBuilder response, StoredVersion version) {
        return response.eTag(VersionTag.of(version.versionId()))
                .lastModified(version.lastUpdated())
                .contentType(FHIR_JSON)
                .body(version.body());
    }

    /** What became of a create or an update. */
    ResponseEntity<byte[]> written(HttpServletRequest request, WriteResult outcome, Prepared resource) {
        ResponseEntity.BodyBuilder response = ResponseEntity.status(outcome.kind() == Kind.CREATED ? 201 : 200)
                .location(URI.create(base.of(request) + "/" + outcome.key() + "/_history/" + outcome.versionId()))
                .eTag(VersionTag.of(outcome.versionId()))
                .lastModified(outcome.lastUpdated());
        return Preferences.of(request).has("return", "minimal")
                ? response.build()
                : response.contentType(FHIR_JSON)
                        .body(resource.content().line().stamp(outcome.versionId(), outcome.metaLastUpdated()));
    }
}
