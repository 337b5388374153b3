package dev.sluice.web;

import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameters;
import dev.sluice.security.Access;
import dev.sluice.security.SecurityMode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestSecurityComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalDeleteStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.ResourceVersionPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.RestfulCapabilityMode;
import org.hl7.fhir.r4.model.CapabilityStatement.SystemRestfulInteraction;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.hl7.fhir.r4.model.UriType;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the CapabilityStatement, and at the root path where it is. The statement is generated from the lists that the
 * server uses, so that it stays correct.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/CapabilityStatement-bulk-data.html">Bulk Data CapabilityStatement</a>
 */
@RestController
@Access(Access.Rule.PUBLIC)
class CapabilityController {
    /** Stands for the base URL, of which clients can make up any number, in the statement that is kept. */
    private static final String BASE = "http://base.invalid/fhir";

    private static final String TOKEN = BaseUrl.tokenUrl(BASE);

    private static final String IG = "http://hl7.org/fhir/uv/bulkdata/";
    private static final Map<ResourceType, String> TYPE_LEVEL =
            Map.of(ResourceType.PATIENT, "patient-export", ResourceType.GROUP, "group-export");
    private static final List<TypeRestfulInteraction> INTERACTIONS = List.of(
            TypeRestfulInteraction.READ,
            TypeRestfulInteraction.VREAD,
            TypeRestfulInteraction.CREATE,
            TypeRestfulInteraction.UPDATE,
            TypeRestfulInteraction.PATCH,
            TypeRestfulInteraction.DELETE);

    private final SearchParameters parameters;
    private final BuildProperties build;
    private final BaseUrl base;
    private final SecurityMode security;
    private final Supplier<String> statement = SingletonSupplier.of(this::statement);

    CapabilityController(SearchParameters parameters, BuildProperties build, BaseUrl base, SecurityMode security) {
        this.parameters = parameters;
        this.build = build;
        this.base = base;
        this.security = security;
    }

    @GetMapping("/fhir/metadata")
    ResponseEntity<String> metadata(HttpServletRequest request) {
        return ResponseEntity.ok()
                .contentType(OperationOutcomes.FHIR_JSON)
                .body(statement.get().replace(TOKEN, base.tokenUrl(request)).replace(BASE, base.of(request)));
    }

    @GetMapping("/")
    ResponseEntity<ObjectNode> root(HttpServletRequest request) {
        String url = base.of(request);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(FhirJson.MAPPER
                        .createObjectNode()
                        .put("name", "Sluice, a FHIR Bulk Data server")
                        .put("fhirBase", url)
                        .put("capabilityStatement", url + "/metadata")
                        .put("export", url + "/$export"));
    }

    private String statement() {
        CapabilityStatement statement = new CapabilityStatement()
                .setStatus(PublicationStatus.ACTIVE)
                .setKind(CapabilityStatement.CapabilityStatementKind.INSTANCE)
                .setFhirVersion(FHIRVersion._4_0_1)
                .setDate(Date.from(build.getTime()));
        statement.addFormat("application/fhir+json").addFormat("json");
        statement.addPatchFormat("application/json-patch+json");
        statement.addInstantiates(IG + "CapabilityStatement/bulk-data");
        statement.getSoftware().setName("Sluice").setVersion(build.getVersion());
        statement
                .getImplementation()
                .setDescription("Sluice, a FHIR Bulk Data server")
                .setUrl(BASE);
        rest(statement.addRest());
        return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(statement);
    }

    private void rest(CapabilityStatementRestComponent rest) {
        rest.setMode(RestfulCapabilityMode.SERVER);
        if (security == SecurityMode.SMART) {
            smart(rest.getSecurity());
        }
        rest.setDocumentation(
                "The searchParam of a type are those that _typeFilter takes. The status URL of an export or import"
                        + " also takes POST with /$pause and /$resume at its end, and GET [base]/_operations lists the jobs.");
        rest.addInteraction().setCode(SystemRestfulInteraction.TRANSACTION);
        rest.addInteraction().setCode(SystemRestfulInteraction.BATCH);
        rest.addOperation().setName("export").setDefinition(IG + "OperationDefinition/export");
        rest.addOperation()
                .setName("viewdefinition-export")
                .setDefinition("http://sql-on-fhir.org/OperationDefinition/$viewdefinition-export")
                .setDocumentation("Views are given as viewResource; formats are ndjson, csv, parquet and delta.");
        rest.addOperation()
                .setName("viewdefinition-run")
                .setDefinition("http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run")
                .setDocumentation(
                        "Runs a viewResource on the resources of the request, or on stored ones; formats are json, ndjson and csv.");
        rest.addOperation().setName("bulk-publish").setDefinition(IG + "OperationDefinition/bulk-publish");
        rest.addOperation().setName("anonymized-export").setDefinition(BASE + "/OperationDefinition/anonymized-export");
        for (ResourceType type : ResourceType.all()) {
            resource(rest.addResource(), type);
        }
    }

    /** Clients of the first version of SMART look here for the URL of tokens. */
    private static void smart(CapabilityStatementRestSecurityComponent security) {
        security.addService()
                .addCoding()
                .setSystem("http://terminology.hl7.org/CodeSystem/restful-security-service")
                .setCode("SMART-on-FHIR");
        security.setDescription(
                "SMART Backend Services: a client gets a token for an assertion that it has signed. The file"
                        + " .well-known/smart-configuration below the base says more.");
        security.addExtension()
                .setUrl("http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
                .addExtension("token", new UriType(TOKEN));
    }

    private void resource(CapabilityStatementRestResourceComponent resource, ResourceType type) {
        resource.setType(type.name());
        INTERACTIONS.forEach(interaction -> resource.addInteraction().setCode(interaction));
        if (type.equals(ResourceType.GROUP)) {
            resource.addInteraction().setCode(TypeRestfulInteraction.SEARCHTYPE);
        }
        resource.setVersioning(ResourceVersionPolicy.VERSIONEDUPDATE);
        resource.setReadHistory(true)
                .setUpdateCreate(true)
                .setConditionalCreate(true)
                .setConditionalUpdate(true);
        resource.setConditionalDelete(ConditionalDeleteStatus.SINGLE);
        if (TYPE_LEVEL.containsKey(type)) {
            resource.addOperation().setName("export").setDefinition(IG + "OperationDefinition/" + TYPE_LEVEL.get(type));
        }
        for (SearchParameter parameter : parameters.of(type)) {
            if (parameter.isSupported()) {
                resource.addSearchParam()
                        .setName(parameter.name())
                        .setType(SearchParamType.fromCode(parameter.kind().code()));
            }
        }
    }
}
