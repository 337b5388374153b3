package dev.sluice.benchmark.population;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Three groups to export: one by a disorder, one by number, and one whose members are the other two. */
final class Groups {
    private static final String DIABETES = "diabetes";
    private static final int FIRST = 10;

    private Groups() {}

    static Stream<ObjectNode> of(Stream<Person> people) {
        List<String> diabetics = new ArrayList<>();
        List<String> first = new ArrayList<>();
        people.forEach(person -> {
            if (person.has(DIABETES)) {
                diabetics.add("Patient/" + person.id());
            }
            if (first.size() < FIRST) {
                first.add("Patient/" + person.id());
            }
        });
        return Stream.of(
                group(DIABETES, "Patients with type 2 diabetes", diabetics),
                group("first-ten", "The first ten patients", first),
                group("cohorts", "All cohorts", List.of("Group/diabetes", "Group/first-ten")));
    }

    /** A group with an id that is a disorder's is characterised by it. */
    private static ObjectNode group(String id, String name, List<String> members) {
        return Templates.resource(
                "Group",
                id,
                Map.of(
                        "name", name,
                        "quantity", members.size(),
                        "diagnosis", Disorder.of(id).map(disorder -> disorder.code),
                        "members", members.stream().map(Groups::member).toList()));
    }

    private static Map<String, Object> member(String reference) {
        return Map.of("entity", Map.of("reference", reference));
    }
}
