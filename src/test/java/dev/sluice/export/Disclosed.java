package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** The answers to the question whose data was exported. */
final class Disclosed {
    static final String CERTAIN = "certain";
    static final String POSSIBLE = "possible";
    static final String NOT = "not";

    private Disclosed() {}

    /** The exports of a patient, in their order. */
    static List<JsonNode> of(SluiceServer admin, String patient) {
        HttpResponse<String> response = admin.get("/_disclosures?patient=" + patient);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/fhir+ndjson");
        return parsed(response.body());
    }

    static List<JsonNode> parsed(String lines) {
        return lines.lines()
                .<JsonNode>map(line -> FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /** How a patient was in an export. */
    static String in(SluiceServer admin, String job, String patient) {
        List<String> found = of(admin, patient).stream()
                .filter(event -> job.endsWith(event.path("id").asString()))
                .map(event -> detail(event, 0, "inclusion"))
                .toList();
        assertThat(found).hasSizeLessThan(2);
        return found.isEmpty() ? NOT : found.get(0);
    }

    static String detail(JsonNode event, int entity, String type) {
        return StreamSupport.stream(
                        event.path("entity").path(entity).path("detail").spliterator(), false)
                .filter(detail -> detail.path("type").asString().equals(type))
                .map(detail -> detail.path("valueString").asString())
                .findFirst()
                .orElse("");
    }
}
