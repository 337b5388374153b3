package dev.sluice.planner;

import dev.sluice.fhir.Recorded;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes the payload of a job from form 1, which had a property for each parameter, to form 2. */
final class ExportJobForm1 {
    private static final int VERSION = 1;

    /** Where the values of a parameter were. */
    private static final Map<ExportParameter, String> PLACES = Map.ofEntries(
            Map.entry(ExportParameter.TYPE, "/content/types"),
            Map.entry(ExportParameter.TYPE_FILTER, "/content/typeFilters"),
            Map.entry(ExportParameter.ELEMENTS, "/content/elements"),
            Map.entry(ExportParameter.ORGANIZE_OUTPUT_BY, "/content/organizeBy"),
            Map.entry(ExportParameter.INCLUDE_REFERENCED, "/companions/referenced"),
            Map.entry(ExportParameter.INCLUDE_REFERENCED_DEPTH, "/companions/depth"),
            Map.entry(ExportParameter.PATIENT, "/patients"),
            Map.entry(ExportParameter.SINCE, "/since"),
            Map.entry(ExportParameter.UNTIL, "/until"),
            Map.entry(ExportParameter.CONTAINER, "/container"),
            Map.entry(ExportParameter.ALLOW_PARTIAL_MANIFESTS, "/partialManifests"));

    private ExportJobForm1() {}

    /** The payload in form 2. Reading it passes over the properties of form 1. */
    static String changed(String payload, String what) {
        ObjectNode job = Recorded.read(payload, new TypeReference<>() {}, VERSION, what);
        if (job.get("request") instanceof ObjectNode request) {
            ObjectNode parameters = request.putObject("parameters");
            PLACES.forEach((parameter, place) -> {
                JsonNode value = request.at(place);
                if (value.isArray()) {
                    parameters.set(parameter.toString(), value);
                } else if (value.isValueNode() && !value.isNull()) {
                    parameters.putArray(parameter.toString()).add(value.asString());
                }
            });
            ArrayNode associated = parameters.putArray(ExportParameter.INCLUDE_ASSOCIATED_DATA.toString());
            switch (request.at("/companions/provenance").asString("")) {
                case "LATEST" -> associated.add(AssociatedData.LATEST);
                case "RELEVANT" -> associated.add(AssociatedData.RELEVANT);
                default -> {}
            }
            if (request.at("/past/history").asBoolean(false)) {
                associated.add(AssociatedData.HISTORY);
            }
            if (request.at("/past/deletions").asBoolean(false)) {
                associated.add(AssociatedData.DELETED);
            }
        }
        return job.put("version", VERSION + 1).toString();
    }
}
