package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@IntegrationTest
class BundleControllerTest {
    private static final String FHIR = "application/fhir+json";

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
    void whatTheBundleDeletesOrChangesIsNotMatchedAnyMore() {
        String npi = UUID.randomUUID().toString();
        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.put("Practitioner/x-" + npi, practitioner(npi)),
                        Bundles.put("Practitioner/y-" + npi, practitioner(npi))));

        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.delete("Practitioner/x-" + npi),
                        Bundles.put("Patient/left", generalPractitioner("Practitioner?identifier=urn:npi|" + npi))));

        assertThat(server.get("/Patient/left").body()).contains("\"reference\":\"Practitioner/y-" + npi + "\"");
        assertThat(Bundles.post(
                                server,
                                Bundles.transaction(
                                        Bundles.put("Practitioner/y-" + npi, practitioner("other")),
                                        Bundles.put(
                                                "Patient/left",
                                                generalPractitioner("Practitioner?identifier=urn:npi|" + npi))))
                        .statusCode())
                .isEqualTo(412);
    }

    @Test
    void aConditionalCreateFindsWhatIsThere() {
        String npi = UUID.randomUUID().toString();
        String entry = "{\"fullUrl\":\"urn:uuid:0\",\"resource\":" + practitioner(npi)
                + ",\"request\":{\"method\":\"POST\",\"url\":\"Practitioner\",\"ifNoneExist\":\"identifier=urn:npi|"
                + npi
                + "\"}}";
        String refers = Bundles.create("urn:uuid:1", generalPractitioner("urn:uuid:0"), "Patient");

        JsonNode first = Bundles.done(server, Bundles.transaction(entry, refers));
        JsonNode second = Bundles.done(server, Bundles.transaction(entry, refers));

        assertThat(first.findValuesAsString("status")).containsExactly("201 Created", "201 Created");
        assertThat(second.findValuesAsString("status")).containsExactly("200 OK", "201 Created");
        assertThat(Bundles.id(second, 0)).isEqualTo(Bundles.id(first, 0));
        assertThat(server.get("/" + Bundles.id(second, 1)).body())
                .contains("\"reference\":\"" + Bundles.id(first, 0) + "\"");
        assertThat(Bundles.post(server, Bundles.transaction(entry, entry.replace("urn:uuid:0", "urn:uuid:2")))
                        .body())
                .contains("Another entry has the same condition");
    }

    @Test
    void conditionsThatMatchEachOthersResourcesAreRefused() {
        String npi = UUID.randomUUID().toString();
        String entry = "{\"resource\":" + practitioner(npi)
                + ",\"request\":{\"method\":\"POST\",\"url\":\"Practitioner\",\"ifNoneExist\":\"identifier=%s" + npi
                + "\"}}";

        HttpResponse<String> refused =
                Bundles.post(server, Bundles.transaction(entry.formatted("urn:npi|"), entry.formatted("")));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Bundle.entry[0]: the condition", "matches what Bundle.entry[1] brings");
    }

    @Test
    void aTransactionDoesAllOrNothing() {
        Bundles.done(
                server,
                Bundles.transaction(Bundles.put("Patient/all", "{\"resourceType\":\"Patient\",\"active\":true}")));

        HttpResponse<String> invalid = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/all", "{\"resourceType\":\"Patient\",\"active\":false}"),
                        Bundles.put("Patient/nothing", "{\"resourceType\":\"Patient\",\"colour\":\"red\"}")));
        HttpResponse<String> stale = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/all", "{\"resourceType\":\"Patient\",\"active\":false}"),
                        "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/nothing\",\"ifMatch\":\"W/\\\"4\\\"\"}}"));
        HttpResponse<String> unreadable = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/all", "{\"resourceType\":\"Patient\",\"active\":false}"),
                        Bundles.get("Patient/not-there")));

        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(invalid.body()).contains("Bundle.entry[1]: ").contains("colour");
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(unreadable.statusCode()).isEqualTo(404);
        assertThat(server.get("/Patient/all").body()).contains("\"active\":true");
    }

    @Test
    void everyMethodAnswersAsItWouldAlone() {
        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/m-1", "{\"resourceType\":\"Patient\"}"),
                        Bundles.put("Patient/m-2", "{\"resourceType\":\"Patient\"}")));

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.get("Patient/m-1"),
                        Bundles.put("Patient/m-1", "{\"resourceType\":\"Patient\",\"active\":true}"),
                        Bundles.delete("Patient/m-2"),
                        Bundles.delete("Patient/m-never")));

        assertThat(response.findValuesAsString("status"))
                .containsExactly("200 OK", "200 OK", "204 No Content", "204 No Content");
        assertThat(response.path("entry")
                        .path(0)
                        .path("resource")
                        .path("active")
                        .asBoolean())
                .isTrue();
        assertThat(response.path("entry").path(1).has("resource")).isFalse();
        assertThat(server.get("/Patient/m-2").statusCode()).isEqualTo(410);
    }

    @Test
    void theResponseHoldsTheResourcesIfThatIsWanted() {
        HttpResponse<String> response = server.post(
                "/",
                FHIR,
                Bundles.transaction(Bundles.put("Patient/rep", "{\"resourceType\":\"Patient\"}")),
                "Prefer",
                "return=representation");

        assertThat(response.body())
                .contains("\"resource\":" + server.get("/Patient/rep").body());
    }

    @Test
    void aBatchDoesWhatItCan() {
        String batch = Bundles.transaction(
                        Bundles.put("Patient/batch-1", "{\"resourceType\":\"Patient\"}"),
                        Bundles.put("Patient/batch-2", "{\"resourceType\":\"Patient\",\"colour\":\"red\"}"),
                        Bundles.get("Patient/not-there"),
                        "{\"request\":{\"method\":\"PATCH\",\"url\":\"Patient/batch-1\"}}",
                        "{\"fullUrl\":\"urn:uuid:1\"}",
                        Bundles.put("Patient/batch-1", "{\"resourceType\":\"Patient\",\"active\":true}"))
                .replace("transaction", "batch");

        JsonNode response = Bundles.done(server, batch);

        assertThat(response.path("type").asString()).isEqualTo("batch-response");
        assertThat(response.findValuesAsString("status"))
                .containsExactly(
                        "201 Created",
                        "400 Bad Request",
                        "404 Not Found",
                        "400 Bad Request",
                        "400 Bad Request",
                        "200 OK");
        assertThat(response.path("entry")
                        .path(1)
                        .path("response")
                        .path("outcome")
                        .toString())
                .contains("OperationOutcome")
                .contains("Bundle.entry[1]")
                .contains("colour");
    }

    @Test
    void theSameResourceTwiceIsRefused() {
        HttpResponse<String> twice = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/twice", "{\"resourceType\":\"Patient\"}"),
                        Bundles.delete("Patient/twice")));
        HttpResponse<String> sameName = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.create("urn:uuid:9", "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.create("urn:uuid:9", "{\"resourceType\":\"Patient\"}", "Patient")));

        assertThat(twice.statusCode()).isEqualTo(400);
        assertThat(twice.body()).contains("Bundle.entry[1]: another entry changes Patient/twice");
        assertThat(sameName.statusCode()).isEqualTo(400);
        assertThat(sameName.body()).contains("fullUrl 'urn:uuid:9'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"resourceType\":\"Patient\"}; send a single resource to [base]/Patient",
                "{\"resourceType\":\"Bundle\"}; must be 'transaction' or 'batch'",
                "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}; must be 'transaction' or 'batch'",
                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[3]}; Bundle.entry[0]: An entry must be a",
                "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":{}}; Bundle.entry must be a JSON array",
                "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"type\":\"batch\"}; property 'type' twice",
                "{\"resourceType\":\"Bundle\",\"type\":{}}; Bundle.type must be a string",
                "{\"resourceType\":\"Bundle\",\"type\":\"batch\"} x; not valid JSON",
                "{\"resourceType\":\"Bundle\",\"type\":\"batch\"} {}; behind the end",
                "{\"resourceType\":\"Bundle\",\"type\":\"batch\",; not valid JSON",
                "[]; must be one JSON object",
                "~~; must be one JSON object",
            })
    void whatIsNoBundleIsRefused(String body, String why) {
        HttpResponse<String> response = Bundles.post(server, body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("OperationOutcome").contains(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"method\":\"PUT\",\"url\":\"Patient\"}; takes a request.url of the form [type]/[id]",
                "{\"method\":\"PUT\",\"url\":\"Patient?name=1\"}; is not supported",
                "{\"method\":\"POST\",\"url\":\"Patient/1\"}; of the form [type].",
                "{\"method\":\"PUT\",\"url\":\"patient/1\"}; did you mean 'Patient'",
                "{\"method\":\"PUT\",\"url\":\"Patient/a_b\"}; 'a_b' is not a FHIR id",
                "{\"method\":\"PUT\",\"url\":\"Observation/1\"}; the URL says Observation",
                "{\"method\":\"PUT\",\"url\":\"Patient/2\"}; the URL says '2'",
                "{\"method\":\"HEAD\",\"url\":\"Patient/1\"}; use GET, POST, PUT, PATCH or DELETE",
                "{}; use GET, POST, PUT, PATCH or DELETE",
            })
    void anEntryThatCannotBeDoneIsNamed(String request, String why) {
        HttpResponse<String> response = Bundles.post(
                server,
                Bundles.transaction(
                        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"1\"},\"request\":" + request + "}"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("Bundle.entry[0]: ").contains(why);
    }

    @Test
    void aReferenceToNoEntryIsRefused() {
        HttpResponse<String> response = Bundles.post(
                server, Bundles.transaction(Bundles.put("Patient/dangling", generalPractitioner("urn:uuid:nobody"))));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("'urn:uuid:nobody' leads nowhere");
    }

    @Test
    void anEmptyTransactionIsAnsweredEmpty() {
        assertThat(Bundles.done(server, Bundles.transaction()).has("entry")).isFalse();
    }

    private static String practitioner(String npi) {
        return "{\"resourceType\":\"Practitioner\",\"identifier\":[{\"system\":\"urn:npi\",\"value\":\"" + npi
                + "\"}]}";
    }

    private static String generalPractitioner(String reference) {
        return "{\"resourceType\":\"Patient\",\"generalPractitioner\":[{\"reference\":\"" + reference + "\"}]}";
    }
}
