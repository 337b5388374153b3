package dev.sluice.web;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Enumerations.FHIRAllTypes;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.hl7.fhir.r4.model.OperationDefinition.OperationKind;
import org.hl7.fhir.r4.model.OperationDefinition.OperationParameterUse;
import org.springframework.stereotype.Component;

/**
 * Writes what {@code $export} takes here, one definition for each level; each is based on the Bulk Data IG's own.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/operations.html">Bulk Data operations</a>
 */
@Component
class OperationDefinitions {
    private static final String IG = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";

    /** The levels by the id of their definition: the resource type that the operation belongs to; empty = system. */
    private static final Map<String, String> LEVELS =
            Map.of("export", "", "patient-export", "Patient", "group-export", "Group");

    /**
     * A parameter.
     *
     * @param max how often it may come
     */
    private record Parameter(String name, FHIRAllTypes type, String max, String documentation) {}

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter("_outputFormat", FHIRAllTypes.STRING, "1", "application/fhir+ndjson or a short form of it."),
            new Parameter("_since", FHIRAllTypes.INSTANT, "1", "Only resources that changed after this moment."),
            new Parameter("_until", FHIRAllTypes.INSTANT, "1", "The state at this moment; _till is the same."),
            new Parameter("_type", FHIRAllTypes.STRING, "*", "The resource types to export; without it, all."),
            new Parameter("_typeFilter", FHIRAllTypes.STRING, "*", "FHIR searches, each for one type; several are OR."),
            new Parameter(
                    "_elements",
                    FHIRAllTypes.STRING,
                    "*",
                    "Root elements to keep, with a type (Patient.name) or without."),
            new Parameter(
                    "includeAssociatedData",
                    FHIRAllTypes.CODE,
                    "*",
                    "LatestProvenanceResources or RelevantProvenanceResources; at system level also _history and _deleted."),
            new Parameter(
                    "_includeReferenced",
                    FHIRAllTypes.CODE,
                    "*",
                    "Types of which to bring what exported resources refer to."),
            new Parameter(
                    "_includeReferencedDepth",
                    FHIRAllTypes.INTEGER,
                    "1",
                    "How many references may lead to such a resource: 1 to 3."),
            new Parameter(
                    "organizeOutputBy",
                    FHIRAllTypes.STRING,
                    "1",
                    "A resource type: files hold a block for each of its resources, with what refers to it."),
            new Parameter("_container", FHIRAllTypes.STRING, "1", "The storage container for the files."),
            new Parameter(
                    "allowPartialManifests",
                    FHIRAllTypes.BOOLEAN,
                    "1",
                    "true: the manifest comes in pages, the first ones while the export runs."));

    private static final Parameter PATIENT = new Parameter(
            "patient", FHIRAllTypes.REFERENCE, "*", "The only patients to export; in the body of a POST.");

    /** The definition with this id as JSON, for a server with this FHIR base; empty if it is no operation's. */
    Optional<String> json(String id, String base) {
        return Optional.ofNullable(LEVELS.get(id))
                .map(type ->
                        FhirContext.forR4Cached().newJsonParser().encodeResourceToString(definition(id, type, base)));
    }

    private static OperationDefinition definition(String id, String type, String base) {
        OperationDefinition definition = new OperationDefinition()
                .setUrl(base + "/OperationDefinition/" + id)
                .setName("Export")
                .setStatus(PublicationStatus.ACTIVE)
                .setKind(OperationKind.OPERATION)
                .setCode("export")
                .setBase(IG + id)
                .setSystem(type.isEmpty())
                .setType(type.equals("Patient"))
                .setInstance(type.equals("Group"));
        definition.setId(id);
        if (!type.isEmpty()) {
            definition.addResource(type);
        }
        PARAMETERS.forEach(parameter -> add(definition, parameter));
        if (!type.isEmpty()) {
            add(definition, PATIENT);
        }
        return definition;
    }

    private static void add(OperationDefinition definition, Parameter parameter) {
        definition
                .addParameter()
                .setName(parameter.name())
                .setUse(OperationParameterUse.IN)
                .setMin(0)
                .setMax(parameter.max())
                .setType(parameter.type().toCode())
                .setDocumentation(parameter.documentation());
    }
}
