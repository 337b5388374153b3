package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ResourceWriter.Prepared;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.VersionCondition;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves changes of single resources that depend on the stored state: conditional update, conditional delete, and
 * patch.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#cond-update">conditional update</a>
 * @see <a href="https://hl7.org/fhir/R4/http.html#patch">patch</a>
 */
@RestController
@RequestMapping(
        path = "/fhir",
        produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
class ConditionalController {
    private final ResourceWriter intake;
    private final ConditionalDecisions decisions;
    private final ResourceResponses responses;

    ConditionalController(ResourceWriter intake, ConditionalDecisions decisions, ResourceResponses responses) {
        this.intake = intake;
        this.decisions = decisions;
        this.responses = responses;
    }

    @PutMapping("/{typeName}")
    ResponseEntity<byte[]> update(@PathVariable String typeName, HttpServletRequest request) throws IOException {
        IdentifierQuery query = condition(typeName, request);
        VersionCondition versions = VersionTag.condition(request);
        ResourceJson json = ResourceJson.parse(RequestBody.resource(request));
        json.require(query.type(), null);
        return decisions.decide(decision -> {
            ResourceKey key = decision.updated(query, json);
            return write(request, decision, intake.prepareStrictly(json, key.id()), versions);
        });
    }

    @DeleteMapping("/{typeName}")
    ResponseEntity<byte[]> delete(@PathVariable String typeName, HttpServletRequest request) {
        IdentifierQuery query = condition(typeName, request);
        VersionCondition versions = VersionTag.condition(request);
        return decisions.decide(decision -> {
            intake.write(List.of(new ResourceWrite(decision.deleted(query), null, versions)), decision);
            return ResponseEntity.noContent().build();
        });
    }

    @PatchMapping("/{typeName}/{id}")
    ResponseEntity<byte[]> patch(@PathVariable String typeName, @PathVariable String id, HttpServletRequest request)
            throws IOException {
        ResourceKey key = ResourceController.existing(typeName, id);
        VersionCondition versions = VersionTag.condition(request);
        JsonPatch patch = JsonPatch.parse(RequestBody.patch(request));
        return decisions.decide(decision -> patch(request, decision, key, patch, versions));
    }

    @PatchMapping("/{typeName}")
    ResponseEntity<byte[]> patchConditionally(@PathVariable String typeName, HttpServletRequest request)
            throws IOException {
        IdentifierQuery query = condition(typeName, request);
        VersionCondition versions = VersionTag.condition(request);
        JsonPatch patch = JsonPatch.parse(RequestBody.patch(request));
        return decisions.decide(decision -> patch(request, decision, decision.one(query), patch, versions));
    }

    private ResponseEntity<byte[]> patch(
            HttpServletRequest request,
            ConditionalDecision decision,
            ResourceKey key,
            JsonPatch patch,
            VersionCondition versions) {
        ResourceJson patched = decision.patched(key, patch, MemoryBudgetFilter.of(request));
        return write(request, decision, intake.prepareStrictly(patched, key.id()), versions);
    }

    private ResponseEntity<byte[]> write(
            HttpServletRequest request, ConditionalDecision decision, Prepared resource, VersionCondition versions) {
        ResourceWrite draft = new ResourceWrite(resource.key(), resource.content(), versions);
        return responses.written(request, intake.write(List.of(draft), decision).get(0), resource);
    }

    private static IdentifierQuery condition(String typeName, HttpServletRequest request) {
        ResourceType type = ResourceController.type(typeName);
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
}
