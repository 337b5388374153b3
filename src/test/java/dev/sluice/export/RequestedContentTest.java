package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports of single patients, and of some elements of each resource. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class RequestedContentTest {
    private static final String SUBSETTED = "\"tag\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
            + "v3-ObservationValue\",\"code\":\"SUBSETTED\"}]";

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void elementsLeaveWhatIsAskedForAndWhatIsMandatoryByteForByte() {
        Export export = client.export("/$export?_type=Patient,Observation&_elements=Patient.birthDate,value");

        assertThat(line(export, "Patient/ann"))
                .contains("\"birthDate\":\"1980-02-29\"", SUBSETTED)
                .doesNotContain("gender");
        assertThat(line(export, "Patient/bob")).doesNotContain("gender", "managingOrganization");
        assertThat(line(export, "Observation/of-ann"))
                .contains(
                        "\"status\":\"final\"",
                        "8302-2",
                        "\"valueQuantity\":{\"value\":1.00,\"unit\":\"m\"}",
                        SUBSETTED)
                .doesNotContain("subject");
        assertThat(line(export, "Observation/of-bob")).contains("{\"value\":1E-22}");
    }

    @Test
    void aTypeOfWhichNoElementIsAskedForIsLeftWhole() {
        Export export = client.export("/$export?_type=Patient,Observation&_elements=Patient.id");

        assertThat(line(export, "Patient/ann")).doesNotContain("gender");
        assertThat(line(export, "Observation/of-ann")).contains("subject").doesNotContain("SUBSETTED");
    }

    @Test
    void elementsAndFiltersGoTogether() {
        Export export = client.export("/$export?_type=Patient&_typeFilter=Patient%3Fgender%3Dmale&_elements=id");

        assertThat(export.keys()).containsExactly("Patient/bob");
        assertThat(line(export, "Patient/bob")).doesNotContain("gender");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Patient.birthdate | did you mean 'birthDate'?",
                "Patiend.name | is not a FHIR R4 resource type",
                "nothing | no resource has an element of this name",
                "Patient.name.family | only elements at the root"
            })
    void anElementThatIsNotThereIsRefused(String element, String why) {
        assertThat(outcome(400, client.kickOff("/$export?_elements=" + element)))
                .singleElement()
                .asString()
                .contains(element, why);
    }

    @Test
    void onlyThePatientsThatAreNamedAreExported() {
        assertThat(client.await(post("/Patient/$export", "Patient/ann")).keys())
                .containsExactly(
                        "Appointment/of-both", "Group/former", "Group/only-ann", "Observation/of-ann", "Patient/ann");
        assertThat(client.await(post("/Group/ring/$export", "Patient/bob")).keys())
                .containsExactly("Appointment/of-both", "Group/ring", "Observation/of-bob", "Patient/bob");
        assertThat(client.await(post("/Patient/$export", "Patient/ann", "Patient/bob"))
                        .keys())
                .isEqualTo(client.export("/Patient/$export").keys().stream()
                        .filter(key -> !key.equals("Observation/of-nobody"))
                        .toList());
    }

    @Test
    void aPatientWhoIsNotThereOrNoMemberIsRefusedByName() {
        assertThat(outcome(400, post("/Patient/$export", "Patient/gone", "Patient/ann", "bob")))
                .hasSize(2)
                .anyMatch(text -> text.contains("'Patient/gone'"))
                .anyMatch(text -> text.contains("'bob'"));
        assertThat(outcome(400, post("/Group/only-ann/$export", "Patient/bob", "Patient/ann")))
                .singleElement()
                .asString()
                .contains("Patient/bob is not a member of Group/only-ann");
        assertThat(outcome(400, post("/$export", "Patient/ann"))).hasSize(1);
        assertThat(outcome(400, client.kickOff("/Patient/$export?patient=Patient/ann")))
                .hasSize(1);
    }

    private HttpResponse<String> post(String path, String... patients) {
        StringBuilder parameters = new StringBuilder();
        for (String patient : patients) {
            parameters
                    .append(parameters.isEmpty() ? "" : ",")
                    .append("{\"name\":\"patient\",\"valueReference\":{\"reference\":\"")
                    .append(patient)
                    .append("\"}}");
        }
        return server.post(
                path,
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[" + parameters + "]}",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async");
    }

    private static String line(Export export, String key) {
        List<String> lines = export.all().stream()
                .filter(line -> ExportClient.key(line).equals(key))
                .toList();
        assertThat(lines).as(key).hasSize(1);
        return lines.get(0);
    }
}
