package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.RowReader;
import dev.sluice.store.VersionCondition;
import dev.sluice.store.WritePremise;
import dev.sluice.store.WriteResult;
import dev.sluice.store.WriteResult.Kind;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves create, read, update, patch and delete of single resources, also by a condition in place of an id.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">RESTful API</a>
 */
@RestController
@RequestMapping(
        path = "/fhir",
        produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
class ResourceController {
    private final ResourceWriter writer;
    private final RowReader rows;
    private final ResourceResponses responses;

    ResourceController(ResourceWriter writer, RowReader rows, ResourceResponses responses) {
        this.writer = writer;
        this.rows = rows;
        this.responses = responses;
    }

    @PostMapping("/{typeName}")
    ResponseEntity<Object> create(
            @PathVariable String typeName,
            @RequestHeader(name = "If-None-Exist", required = false) @Nullable String ifNoneExist,
            HttpServletRequest request)
            throws IOException {
        ResourceType type = type(typeName);
        Prepared resource = prepare(request, type, null);
        if (ifNoneExist == null) {
            return write(request, resource, VersionCondition.NONE, WritePremise.NONE);
        }
        IdentifierQuery query = IdentifierQuery.parse(type, ifNoneExist);
        return ConditionalDecision.decide(
                rows,
                RequestMemory.of(request),
                decision -> decision.atMostOne(query)
                        .map(found -> responses.found(request, found))
                        .orElseGet(() -> write(request, resource, VersionCondition.NONE, decision)));
    }

    @PutMapping("/{typeName}/{id}")
    ResponseEntity<Object> update(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        ResourceKey key = new ResourceKey(type(typeName), id);
        Prepared resource = prepare(request, key.type(), id);
        return write(request, resource, VersionTag.condition(request), WritePremise.NONE);
    }

    @PutMapping("/{typeName}")
    ResponseEntity<Object> updateConditionally(@PathVariable String typeName, HttpServletRequest request)
            throws IOException {
        IdentifierQuery query = condition(typeName, request);
        VersionCondition versions = VersionTag.condition(request);
        ResourceJson json = ResourceJson.parse(RequestBody.resource(request));
        json.require(query.type(), null);
        return ConditionalDecision.decide(rows, RequestMemory.of(request), decision -> {
            ResourceKey key = decision.toUpdate(query, json);
            return write(request, writer.prepareStrictly(json, key.id()), versions, decision);
        });
    }

    @PatchMapping("/{typeName}/{id}")
    ResponseEntity<Object> patch(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        ResourceKey key = existing(typeName, id);
        return patch(request, decision -> key);
    }

    @PatchMapping("/{typeName}")
    ResponseEntity<Object> patchConditionally(@PathVariable String typeName, HttpServletRequest request)
            throws IOException {
        IdentifierQuery query = condition(typeName, request);
        return patch(request, decision -> decision.one(query));
    }

    private ResponseEntity<Object> patch(HttpServletRequest request, Function<ConditionalDecision, ResourceKey> target)
            throws IOException {
        VersionCondition versions = VersionTag.condition(request);
        JsonPatch patch = JsonPatch.parse(RequestBody.patch(request));
        return ConditionalDecision.decide(rows, RequestMemory.of(request), decision -> {
            ResourceKey key = target.apply(decision);
            ResourceJson patched = decision.patched(key, patch, RequestMemory.of(request));
            return write(request, writer.prepareStrictly(patched, key.id()), versions, decision);
        });
    }

    @GetMapping("/{typeName}/{id}")
    ResponseEntity<Object> read(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request) {
        ResourceKey key = existing(typeName, id);
        return responses.read(
                request,
                rows.current(key, RequestMemory.of(request)::claimRead)
                        .orElseThrow(() -> FhirException.notFound(key + " does not exist, and never existed.")));
    }

    @GetMapping("/{typeName}/{id}/_history/{version}")
    ResponseEntity<Object> readVersion(
            @PathVariable String typeName,
            @PathVariable String id,
            @PathVariable String version,
            HttpServletRequest request) {
        ResourceKey key = existing(typeName, id);
        if (!version.matches("\\d{1,9}")) {
            throw FhirException.notFound(
                    "'" + version + "' is no version of " + key + "; versions are numbers from 1.");
        }
        return responses.read(
                request,
                rows.version(key, Integer.parseInt(version), RequestMemory.of(request)::claimRead)
                        .orElseThrow(() -> FhirException.notFound(key + " has no version " + version
                                + ": there never was one, or it is no longer kept.")));
    }

    @DeleteMapping("/{typeName}/{id}")
    ResponseEntity<Object> delete(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request) {
        ResourceWrite write = new ResourceWrite(existing(typeName, id), null, VersionTag.condition(request));
        WriteResult outcome = writer.write(List.of(write)).get(0);
        ResponseEntity.HeadersBuilder<?> response = ResponseEntity.noContent();
        if (outcome.kind() == Kind.DELETED) {
            response.header(HttpHeaders.ETAG, VersionTag.of(outcome.versionId()));
        }
        return response.build();
    }

    @DeleteMapping("/{typeName}")
    ResponseEntity<Object> deleteConditionally(@PathVariable String typeName, HttpServletRequest request) {
        IdentifierQuery query = condition(typeName, request);
        VersionCondition versions = VersionTag.condition(request);
        return ConditionalDecision.decide(rows, RequestMemory.of(request), decision -> {
            writer.write(List.of(new ResourceWrite(decision.toDelete(query), null, versions)), decision);
            return ResponseEntity.noContent().build();
        });
    }

    /** A method of its own, so that the text is free once it is a line: both may be large. */
    private Prepared prepare(HttpServletRequest request, ResourceType type, @Nullable String id) throws IOException {
        ResourceJson json = ResourceJson.parse(RequestBody.spacious(request));
        json.require(type, id);
        return writer.prepareStrictly(json, id == null ? UUID.randomUUID().toString() : id);
    }

    ResponseEntity<Object> write(
            HttpServletRequest request, Prepared resource, VersionCondition versions, WritePremise premise) {
        ResourceWrite write = new ResourceWrite(resource.key(), resource.content(), versions);
        return responses.written(request, writer.write(List.of(write), premise).get(0), resource);
    }

    private static IdentifierQuery condition(String typeName, HttpServletRequest request) {
        ResourceType type = type(typeName);
        String query = request.getQueryString();
        if (query == null) {
            throw FhirException.of(
                    400,
                    "required",
                    request.getMethod() + " [base]/" + type + " needs an id, as in [base]/" + type
                            + "/[id], or a condition, as in [base]/" + type + "?identifier=[system]|[value].");
        }
        return IdentifierQuery.parse(type, query);
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
