package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves create, read, update and delete of single resources.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">RESTful API</a>
 */
@RestController
@RequestMapping(
        path = "/fhir",
        produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
class ResourceController {
    private final ResourceWriter intake;
    private final RowReader rows;
    private final ConditionalDecisions decisions;
    private final ResourceResponses responses;

    ResourceController(
            ResourceWriter intake, RowReader rows, ConditionalDecisions decisions, ResourceResponses responses) {
        this.intake = intake;
        this.rows = rows;
        this.decisions = decisions;
        this.responses = responses;
    }

    @PostMapping("/{typeName}")
    ResponseEntity<byte[]> create(
            @PathVariable String typeName,
            @RequestHeader(name = "If-None-Exist", required = false) @Nullable String ifNoneExist,
            HttpServletRequest request)
            throws IOException {
        ResourceType type = type(typeName);
        Prepared resource = prepare(request, type, null);
        if (ifNoneExist == null) {
            return responses.written(request, write(resource.draft()), resource);
        }
        IdentifierQuery query = IdentifierQuery.parse(type, ifNoneExist);
        return decisions.decide(decision -> {
            Optional<StoredVersion> found = decision.atMostOne(query);
            return found.isPresent()
                    ? responses.found(request, found.get())
                    : responses.written(
                            request,
                            intake.write(List.of(resource.draft()), decision).get(0),
                            resource);
        });
    }

    @PutMapping("/{typeName}/{id}")
    ResponseEntity<byte[]> update(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        ResourceKey key = new ResourceKey(type(typeName), id);
        Prepared resource = prepare(request, key.type(), id);
        return responses.written(
                request, write(new ResourceWrite(key, resource.content(), VersionTag.condition(request))), resource);
    }

    @GetMapping("/{typeName}/{id}")
    ResponseEntity<byte[]> read(@PathVariable String typeName, @PathVariable String id) {
        ResourceKey key = existing(typeName, id);
        return responses.read(rows.current(key)
                .orElseThrow(() -> FhirException.notFound(key + " does not exist, and never existed.")));
    }

    @GetMapping("/{typeName}/{id}/_history/{version}")
    ResponseEntity<byte[]> readVersion(
            @PathVariable String typeName, @PathVariable String id, @PathVariable String version) {
        ResourceKey key = existing(typeName, id);
        if (!version.matches("\\d{1,9}")) {
            throw FhirException.notFound(
                    "'" + version + "' is no version of " + key + "; versions are numbers from 1.");
        }
        return responses.read(rows.version(key, Integer.parseInt(version))
                .orElseThrow(() -> FhirException.notFound(
                        key + " has no version " + version + ": there never was one, or it is no longer kept.")));
    }

    @DeleteMapping("/{typeName}/{id}")
    ResponseEntity<byte[]> delete(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request) {
        WriteResult outcome = write(new ResourceWrite(existing(typeName, id), null, VersionTag.condition(request)));
        ResponseEntity.HeadersBuilder<?> response = ResponseEntity.noContent();
        if (outcome.kind() == Kind.DELETED) {
            response.header(HttpHeaders.ETAG, VersionTag.of(outcome.versionId()));
        }
        return response.build();
    }

    /** A method of its own, so that the text is free once it is a line: both may be large. */
    private Prepared prepare(HttpServletRequest request, ResourceType type, @Nullable String id) throws IOException {
        ResourceJson json = ResourceJson.parse(RequestBody.spacious(request));
        json.require(type, id);
        return intake.prepareStrictly(json, id == null ? UUID.randomUUID().toString() : id);
    }

    private WriteResult write(ResourceWrite draft) {
        return intake.write(List.of(draft)).get(0);
    }

    /** The type in a path; an unknown one is a path that leads nowhere. */
    static ResourceType type(String name) {
        return ResourceType.find(name).orElseThrow(() -> FhirException.notFound(ResourceType.unknown(name)));
    }

    static ResourceKey existing(String typeName, String id) {
        ResourceType type = type(typeName);
        if (!ResourceKey.isId(id)) {
            throw FhirException.notFound("'" + id + "' is neither the id of a " + type + " nor an operation on it.");
        }
        return new ResourceKey(type, id);
    }
}
