package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.SampleResources;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class PatientCompartmentTest {
    private static final OwnBases OWN = OwnBases.of(List.of("https://sluice.example/fhir/"));

    private final SearchParameters parameters = new SearchParameters();
    private final PatientCompartment compartment = new PatientCompartment(parameters);

    @Test
    void sixtySixTypesAreCovered() {
        assertThat(compartment.types()).hasSize(66).allMatch(compartment::covers);
        assertThat(CompartmentTable.PATIENT.values().stream()
                        .mapToInt(List::size)
                        .sum())
                .as("parameters of CompartmentDefinition/patient 4.0.1")
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Patient", "Group", "Person", "Provenance", "List", "AuditEvent", "Observation"})
    void theseTypesAreCovered(String type) {
        assertThat(compartment.covers(ResourceType.of(type))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Practitioner", "Organization", "Location", "Medication", "Device", "Task", "Bundle"})
    void theseTypesAreNot(String type) {
        ObjectNode resource = json("{'patient':{'reference':'Patient/1'},'subject':{'reference':'Patient/1'}}");

        assertThat(compartment.covers(ResourceType.of(type))).isFalse();
        assertThat(compartment.find(ResourceType.of(type), "x", resource, OWN).ids())
                .isEmpty();
    }

    @Test
    void thePlacesAreThoseOfTheDefinition() {
        for (ResourceType type : ResourceType.all()) {
            List<String> names = CompartmentTable.PATIENT.getOrDefault(type, List.of());
            assertThat(compartment.covers(type)).as(type.name()).isEqualTo(!names.isEmpty());
            assertThat(fields(compartment.places(type))).as(type.name()).isEqualTo(places(type, names));
            assertThat(compartment.places(type))
                    .as(type.name())
                    .hasSize(places(type, names).size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "Patient/p1=p1",
                "Patient/p1/_history/4=p1",
                "https://sluice.example/fhir/Patient/p1=p1",
                "https://other.example/fhir/Patient/p1=",
                "Group/p1=",
                "#p1=",
                "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001=",
                "'Patient?identifier=a'=",
            })
    void onlyALiteralReferenceToAPatientOfThisServerCounts(String reference, String id) {
        ObjectNode observation = json("{'subject':{'reference':'" + reference + "'}}");

        List<String> ids = compartment
                .find(ResourceType.of("Observation"), "o1", observation, OWN)
                .ids();

        assertThat(ids).isEqualTo(id == null ? List.of() : List.of(id));
    }

    @Test
    void aReferenceByIdentifierOrOfAnotherJsonTypeDoesNotCount() {
        assertThat(ids("Observation", "{'subject':{'identifier':{'value':'p1'},'type':'Patient'}}"))
                .isEmpty();
        assertThat(ids("Observation", "{'subject':{'reference':7}}")).isEmpty();
        assertThat(ids("Observation", "{'subject':'Patient/p1'}")).isEmpty();
        assertThat(ids("Observation", "{'subject':null}")).isEmpty();
    }

    @Test
    void aPatientBelongsToItselfFirstAndThenToThoseItLinksTo() {
        String links = "{'link':[{'other':{'reference':'Patient/p2'}},{'other':{'reference':'RelatedPerson/r1'}},"
                + "{'other':{'reference':'Patient/p1'}},{'other':{'reference':'Patient/p0'}}]}";

        assertThat(compartment
                        .find(ResourceType.PATIENT, "p1", json(links), OWN)
                        .ids())
                .containsExactly("p1", "p2", "p0");
    }

    @Test
    void aGroupBelongsToItsMembersThatArePatients() {
        String members = "{'member':[{'entity':{'reference':'Patient/p1'}},{'entity':{'reference':'Group/g2'}},"
                + "{'entity':{'reference':'Patient/p2'},'inactive':true},null]}";

        assertThat(ids("Group", members)).containsExactly("p1", "p2");
    }

    @Test
    void everyLeadingParameterCountsAndEachPatientOnce() {
        String observation = "{'subject':{'reference':'Patient/p1'},"
                + "'performer':[{'reference':'Practitioner/d'},{'reference':'Patient/p2'},{'reference':'Patient/p1'}],"
                + "'focus':[{'reference':'Patient/p3'}]}";

        assertThat(ids("Observation", observation)).containsExactly("p1", "p2");
        assertThat(ids(
                        "AuditEvent",
                        "{'agent':[{'who':{'reference':'Patient/p1'}}],"
                                + "'entity':[{'what':{'reference':'Patient/p2'}}]}"))
                .containsExactly("p1", "p2");
    }

    @Test
    void ofTheSampleAllButTheEmptyGroupOfTheCoveredTypesBelongToAPatient() throws Exception {
        int resources = 0;
        int covered = 0;
        Set<String> outside = new HashSet<>();
        for (ObjectNode resource : SampleResources.resources()) {
            ResourceType type = ResourceType.of(resource.get("resourceType").stringValue());
            String id = resource.get("id").stringValue();
            resources++;
            if (compartment.covers(type)) {
                covered++;
                if (compartment.find(type, id, resource, OWN).ids().isEmpty()) {
                    outside.add(type + "/" + id);
                }
            }
        }

        assertThat(resources).isEqualTo(5_619);
        assertThat(covered).isEqualTo(5_382);
        assertThat(outside).containsExactly("Group/grp-empty");
    }

    private Set<List<String>> places(ResourceType type, List<String> names) {
        return fields(names.stream()
                .flatMap(name -> parameters.find(type, name).orElseThrow().paths().stream())
                .toList());
    }

    private static Set<List<String>> fields(List<ElementPath> paths) {
        Set<List<String>> fields = new HashSet<>();
        for (ElementPath path : paths) {
            List<ElementPath.Step> steps = ((ElementPath.Fields) path).steps();
            fields.add(steps.stream().map(ElementPath.Step::field).toList());
        }
        return fields;
    }

    private List<String> ids(String type, String resource) {
        return compartment.find(ResourceType.of(type), "x", json(resource), OWN).ids();
    }

    private static ObjectNode json(String text) {
        return FhirJson.parseObject(text.replace('\'', '"').getBytes(UTF_8));
    }
}
