package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.planner.ExportParameter;
import dev.sluice.security.Access;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.OperationOutcomes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the OperationDefinitions of {@code $export}, one for each level, and that of a de-identified export at any level,
 * as Azure's server has them; each is based on the definition of the Bulk Data IG.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/operations.html">Bulk Data operations</a>
 */
@RestController
@Access(Access.Rule.PUBLIC)
@RequestMapping("/fhir/OperationDefinition")
class OperationDefinitionController {
    private static final String IG = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";

    private static final String DEIDENTIFIED = "anonymized-export";

    /** The types below which a definition has the operation; none = at system level. */
    private static final Map<String, Set<String>> TYPES = Map.of(
            "patient-export",
            Set.of("Patient"),
            "group-export",
            Set.of("Group"),
            DEIDENTIFIED,
            new TreeSet<>(Set.of("Group", "Patient")));

    /** What a de-identified export needs. */
    private static final Set<ExportParameter> REQUIRED =
            EnumSet.of(ExportParameter.ANONYMIZATION_CONFIG, ExportParameter.CONTAINER);

    private final BaseUrl base;

    OperationDefinitionController(BaseUrl base) {
        this.base = base;
    }

    @GetMapping("/{id:export|patient-export|group-export|anonymized-export}")
    ResponseEntity<ObjectNode> definition(@PathVariable String id, HttpServletRequest request) {
        Set<String> types = TYPES.getOrDefault(id, Set.of());
        boolean deidentified = id.equals(DEIDENTIFIED);
        ObjectNode definition = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "OperationDefinition")
                .put("id", id)
                .put("url", base.of(request) + "/OperationDefinition/" + id)
                .put("name", deidentified ? "AnonymizedExport" : "Export")
                .put("status", "active")
                .put("kind", "operation")
                .put("code", "export")
                .put("base", IG + (deidentified ? "export" : id));
        types.forEach(type -> definition.withArray("/resource").add(type));
        definition.put("system", types.isEmpty() || deidentified);
        definition.put("type", types.contains("Patient"));
        definition.put("instance", types.contains("Group"));
        ArrayNode parameters = definition.putArray("parameter");
        for (ExportParameter parameter : ExportParameter.values()) {
            if (parameter.use() == ExportParameter.Use.ANY_LEVEL
                    || (parameter.use() == ExportParameter.Use.PATIENT_AND_GROUP_LEVEL && !types.isEmpty())) {
                boolean required = deidentified && REQUIRED.contains(parameter);
                parameters
                        .addObject()
                        .put("name", parameter.toString())
                        .put("use", "in")
                        .put("min", required ? 1 : 0)
                        .put("max", parameter.max())
                        .put("documentation", parameter.documentation())
                        .put("type", parameter.type());
            }
        }
        return ResponseEntity.ok().contentType(OperationOutcomes.FHIR_JSON).body(definition);
    }
}
