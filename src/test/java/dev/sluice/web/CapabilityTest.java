package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server says of itself. */
@IntegrationTest
class CapabilityTest {
    private static final String IG = "http://hl7.org/fhir/uv/bulkdata/";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.base-url=https://fhir.example.com/fhir/");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theStatementNamesTheThreeExportsAndEveryTypeWithItsFilters() {
        CapabilityStatement statement = read("/metadata", CapabilityStatement.class);

        assertThat(statement.getInstantiates().get(0).getValue()).isEqualTo(IG + "CapabilityStatement/bulk-data");
        assertThat(statement.getImplementation().getUrl()).isEqualTo("https://fhir.example.com/fhir");
        var rest = statement.getRestFirstRep();
        assertThat(rest.getOperationFirstRep().getDefinition()).isEqualTo(IG + "OperationDefinition/export");
        assertThat(rest.getResource()).hasSize(146);
        assertThat(definition(statement, "Patient")).isEqualTo(IG + "OperationDefinition/patient-export");
        assertThat(definition(statement, "Group")).isEqualTo(IG + "OperationDefinition/group-export");
        assertThat(type(statement, "Observation").getSearchParam())
                .extracting(parameter ->
                        parameter.getName() + " " + parameter.getType().toCode())
                .contains("code token", "date date", "value-quantity quantity", "_id token")
                .contains("combo-code-value-quantity composite")
                .hasSizeGreaterThan(40);
    }

    @Test
    void theStatementSaysWhichConditionsAndPatchesAreTaken() {
        CapabilityStatement statement = read("/metadata", CapabilityStatement.class);
        var patient = type(statement, "Patient");

        assertThat(patient.getConditionalCreate()).isTrue();
        assertThat(patient.getConditionalUpdate()).isTrue();
        assertThat(patient.getConditionalDelete()).isEqualTo(CapabilityStatement.ConditionalDeleteStatus.SINGLE);
        assertThat(patient.getInteraction())
                .extracting(interaction -> interaction.getCode().toCode())
                .contains("patch");
        assertThat(statement.getPatchFormat())
                .extracting(format -> format.getValue())
                .containsExactly("application/json-patch+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"export", "patient-export", "group-export"})
    void eachOperationHasADefinition(String id) {
        OperationDefinition operation = read("/OperationDefinition/" + id, OperationDefinition.class);

        assertThat(operation.getCode()).isEqualTo("export");
        assertThat(operation.getBase()).isEqualTo(IG + "OperationDefinition/" + id);
        assertThat(operation.getParameter())
                .extracting(parameter -> parameter.getName())
                .contains("_type", "_since", "_typeFilter", "allowPartialManifests");
    }

    @Test
    void deidentifiedExportsHaveTheDefinitionOfAzuresServer() {
        String url = "https://fhir.example.com/fhir/OperationDefinition/anonymized-export";
        OperationDefinition operation = read("/OperationDefinition/anonymized-export", OperationDefinition.class);

        assertThat(read("/metadata", CapabilityStatement.class)
                        .getRestFirstRep()
                        .getOperation())
                .extracting(one -> one.getName() + " " + one.getDefinition())
                .contains("anonymized-export " + url);
        assertThat(operation.getUrl()).isEqualTo(url);
        assertThat(operation.getSystem()).isTrue();
        assertThat(operation.getType()).isTrue();
        assertThat(operation.getInstance()).isTrue();
        assertThat(operation.getParameter())
                .filteredOn(parameter -> parameter.getMin() == 1)
                .extracting(parameter -> parameter.getName())
                .containsExactly("_container", "_anonymizationConfig");
    }

    private static String definition(CapabilityStatement statement, String type) {
        return type(statement, type).getOperationFirstRep().getDefinition();
    }

    private static CapabilityStatementRestResourceComponent type(CapabilityStatement statement, String type) {
        return statement.getRestFirstRep().getResource().stream()
                .filter(resource -> resource.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static <T extends IBaseResource> T read(String path, Class<T> type) {
        return FhirContext.forR4Cached()
                .newJsonParser()
                .setParserErrorHandler(new StrictErrorHandler())
                .parseResource(type, server.get(path).body());
    }
}
