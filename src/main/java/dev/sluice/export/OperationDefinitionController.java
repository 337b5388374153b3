package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.planner.ExportParameter;
import dev.sluice.security.Access;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.OperationOutcomes;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the OperationDefinitions of {@code $export}, one for each level; each is based on the definition of the Bulk
 * Data IG.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/operations.html">Bulk Data operations</a>
 */
@RestController
@Access(Access.Rule.PUBLIC)
@RequestMapping("/fhir/OperationDefinition")
class OperationDefinitionController {
    private static final String IG = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";

    private final BaseUrl base;

    OperationDefinitionController(BaseUrl base) {
        this.base = base;
    }

    @GetMapping("/{id:export|patient-export|group-export}")
    ResponseEntity<ObjectNode> definition(@PathVariable String id, HttpServletRequest request) {
        String type = id.equals("export") ? "" : id.equals("patient-export") ? "Patient" : "Group";
        ObjectNode definition = FhirJson.MAPPER
                .createObjectNode()
                .put("resourceType", "OperationDefinition")
                .put("id", id)
                .put("url", base.of(request) + "/OperationDefinition/" + id)
                .put("name", "Export")
                .put("status", "active")
                .put("kind", "operation")
                .put("code", "export")
                .put("base", IG + id);
        if (!type.isEmpty()) {
            definition.putArray("resource").add(type);
        }
        definition.put("system", type.isEmpty());
        definition.put("type", type.equals("Patient"));
        definition.put("instance", type.equals("Group"));
        ArrayNode parameters = definition.putArray("parameter");
        for (ExportParameter parameter : ExportParameter.values()) {
            if (parameter.use() == ExportParameter.Use.ANY_LEVEL
                    || (parameter.use() == ExportParameter.Use.PATIENT_AND_GROUP_LEVEL && !type.isEmpty())) {
                parameters
                        .addObject()
                        .put("name", parameter.toString())
                        .put("use", "in")
                        .put("min", 0)
                        .put("max", parameter.max())
                        .put("documentation", parameter.documentation())
                        .put("type", parameter.type());
            }
        }
        return ResponseEntity.ok().contentType(OperationOutcomes.FHIR_JSON).body(definition);
    }
}
