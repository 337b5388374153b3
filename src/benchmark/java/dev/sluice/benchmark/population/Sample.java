package dev.sluice.benchmark.population;

import dev.sluice.fhir.FhirJson;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The built-in sample, and questions about its resources. */
final class Sample {
    static final List<ObjectNode> HUNDRED = Population.of(1, 100).resources().toList();

    private Sample() {}

    static Stream<ObjectNode> all(String type) {
        return HUNDRED.stream().filter(is(type));
    }

    /** The resource that a reference names. */
    static ObjectNode at(String reference) {
        return HUNDRED.stream()
                .filter(resource -> reference(resource).equals(reference))
                .findFirst()
                .orElseThrow();
    }

    static Predicate<ObjectNode> is(String type) {
        return resource -> type(resource).equals(type);
    }

    static String type(ObjectNode resource) {
        return resource.path("resourceType").asString();
    }

    static String reference(ObjectNode resource) {
        return type(resource) + "/" + resource.path("id").asString();
    }

    /** The reference of the patient that a resource is about; empty for staff and groups. */
    static String patient(JsonNode resource) {
        if (resource.path("resourceType").asString().equals("Patient")) {
            return "Patient/" + resource.path("id").asString();
        }
        return resource.at("/subject/reference").asString("")
                + resource.at("/patient/reference").asString("");
    }

    /** The first code of the main concept, such as Condition.code. */
    static String code(JsonNode concept) {
        return concept.at("/coding/0/code").asString("");
    }

    /** The patients who have a condition of this SNOMED CT code. */
    static Set<String> patientsWith(String condition) {
        return all("Condition")
                .filter(resource -> code(resource.path("code")).equals(condition))
                .map(Sample::patient)
                .collect(Collectors.toSet());
    }

    static List<String> members(String group, List<ObjectNode> resources) {
        return resources.stream()
                .filter(resource -> reference(resource).equals("Group/" + group))
                .flatMap(resource -> resource.path("member").valueStream())
                .map(member -> member.at("/entity/reference").asString())
                .toList();
    }

    static List<String> lines(Stream<ObjectNode> resources) {
        return resources.map(FhirJson.MAPPER::writeValueAsString).toList();
    }
}
