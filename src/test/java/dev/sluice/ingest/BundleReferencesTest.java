package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** References inside a Bundle: to its own entries, by condition, and to what is there already. */
@IntegrationTest
class BundleReferencesTest {
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void createdResourcesReferToEachOtherByTheirNewIds() {
        String patient = "urn:uuid:" + UUID.randomUUID();
        String encounter = "urn:uuid:" + UUID.randomUUID();

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(patient, "{\"resourceType\":\"Patient\",\"id\":\"client\"}", "Patient"),
                        Bundles.create(
                                encounter,
                                "{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},"
                                        + "\"subject\":{\"reference\":\"" + patient + "\",\"display\":\"" + patient
                                        + "\"},"
                                        + "\"partOf\":{\"reference\":\"" + encounter + "\"}}",
                                "Encounter")));

        assertThat(response.path("type").asString()).isEqualTo("transaction-response");
        JsonNode first = response.path("entry").path(0).path("response");
        assertThat(first.path("status").asString()).isEqualTo("201 Created");
        assertThat(first.path("location").asString()).matches("Patient/[0-9a-f-]{36}/_history/1");
        assertThat(first.path("etag").asString()).isEqualTo("W/\"1\"");
        assertThat(first.path("lastModified").asString()).endsWith("Z");
        String patientId = Bundles.id(response, 0);
        String encounterId = Bundles.id(response, 1);
        assertThat(server.get("/" + encounterId).body())
                .contains("\"subject\":{\"reference\":\"" + patientId + "\",\"display\":\"" + patient + "\"}")
                .contains("\"partOf\":{\"reference\":\"" + encounterId + "\"}");
    }

    @Test
    void onlyReferencesAreRewrittenAndNothingElse() {
        String organization = "urn:uuid:" + UUID.randomUUID();
        String sent =
                "{ \"resourceType\":\"Observation\",\"id\":\"v\",\"status\":\"final\", \"code\":{\"text\":\"caf\\u00e9 \\/ \uD83D\uDE00\"},"
                        + "\"performer\":[{\"reference\":\"%s\"},{\"reference\":\"Practitioner\\/1\"}],"
                        + "\"valueQuantity\":{\"value\":1.00},\"note\":[{\"text\":\"see " + organization + "\"}] }";

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(
                                organization, "{\"resourceType\":\"Organization\",\"name\":\"o\"}", "Organization"),
                        Bundles.put("Observation/v", sent.formatted(organization.replace("/", "\\/")))));

        assertThat(server.get("/Observation/v").body().replaceAll("\"meta\":\\{[^}]*},", ""))
                .isEqualTo(sent.formatted(Bundles.id(response, 0))
                        .replace("{ ", "{")
                        .replace(", ", ",")
                        .replace(" }", "}"));
    }

    @Test
    void absoluteFullUrlsAreResolvedTooAndWhatIsRelativeToThem() {
        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(
                                "http://old.example.com/fhir/Patient/old",
                                "{\"resourceType\":\"Patient\",\"id\":\"old\"}",
                                "Patient"),
                        Bundles.put(
                                "Group/abs",
                                "{\"resourceType\":\"Group\",\"type\":\"person\",\"actual\":true,\"member\":["
                                        + "{\"entity\":{\"reference\":\"http://old.example.com/fhir/Patient/old\"}},"
                                        + "{\"entity\":{\"reference\":\"Patient/old\"}},"
                                        + "{\"entity\":{\"reference\":\"Patient/other\"}}]}")));

        String patient = Bundles.id(response, 0);
        assertThat(FhirJson.MAPPER.readTree(server.get("/Group/abs").body()).findValuesAsString("reference"))
                .containsExactly(patient, patient, "Patient/other");
    }

    @Test
    void conditionalReferencesAreResolvedInTheBundleAndInTheStore() {
        String stored = UUID.randomUUID().toString();
        String brought = UUID.randomUUID().toString();
        Bundles.done(server, Bundles.transaction(Bundles.put("Practitioner/stored-" + stored, practitioner(stored))));

        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.put("Practitioner/brought-" + brought, practitioner(brought)),
                        Bundles.put(
                                "Encounter/cond",
                                "{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"participant\":["
                                        + individual("Practitioner?identifier=urn:npi|" + stored) + ","
                                        + individual("Practitioner?identifier=urn%3Anpi%7C" + brought) + ","
                                        + individual("Practitioner?identifier=" + stored) + "]}")));

        assertThat(FhirJson.MAPPER
                        .readTree(server.get("/Encounter/cond").body())
                        .findValuesAsString("reference"))
                .containsExactly(
                        "Practitioner/stored-" + stored,
                        "Practitioner/brought-" + brought,
                        "Practitioner/stored-" + stored);
    }

    @Test
    void aConditionalReferenceThatMatchesNothingOrSeveralRefusesAll() {
        String npi = UUID.randomUUID().toString();
        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.put("Practitioner/a-" + npi, practitioner(npi)),
                        Bundles.put("Practitioner/b-" + npi, practitioner(npi))));

        HttpResponse<String> several = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/refused", "{\"resourceType\":\"Patient\"}"),
                        Bundles.put("Patient/several", generalPractitioner("Practitioner?identifier=urn:npi|" + npi))));
        HttpResponse<String> none = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/refused", "{\"resourceType\":\"Patient\"}"),
                        Bundles.put("Patient/none", generalPractitioner("Practitioner?identifier=urn:npi|nobody"))));

        assertThat(several.statusCode()).isEqualTo(412);
        assertThat(several.body())
                .contains("Bundle.entry[1]: ")
                .contains("Practitioner?identifier=urn:npi|" + npi)
                .contains("Practitioner/a-" + npi);
        assertThat(none.statusCode()).isEqualTo(412);
        assertThat(none.body()).contains("matches no resource").contains("urn:npi|nobody");
        assertThat(server.get("/Patient/refused").statusCode()).isEqualTo(404);
    }

    private static String practitioner(String npi) {
        return "{\"resourceType\":\"Practitioner\",\"identifier\":[{\"system\":\"urn:npi\",\"value\":\"" + npi
                + "\"}]}";
    }

    private static String individual(String reference) {
        return "{\"individual\":{\"reference\":\"" + reference + "\"}}";
    }

    private static String generalPractitioner(String reference) {
        return "{\"resourceType\":\"Patient\",\"generalPractitioner\":[{\"reference\":\"" + reference + "\"}]}";
    }
}
