package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Absolute references on the base that a request was sent to, and on those of {@code sluice.other-bases}, mean this
 * server wherever a reference stands.
 */
@IntegrationTest
class OtherBasesTest {
    private static final String OLD = "https://old.example/fhir";

    @TempDir
    private static Path files;

    private static SluiceServer server;
    private static ExportClient client;
    private static JsonNode loaded;

    @BeforeAll
    static void start() {
        server = SluiceServer.start(
                "--sluice.other-bases=" + OLD + "/,http://older.example/r4", "--sluice.import.root=" + files);
        client = new ExportClient(server);
        HttpResponse<String> response = server.post("/$import", "application/fhir+ndjson", data());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        loaded = FhirJson.MAPPER.readTree(response.body());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String data() {
        return """
                {"resourceType":"Patient","id":"p"}
                {"resourceType":"Patient","id":"q"}
                {"resourceType":"Practitioner","id":"doc","name":[{"family":"Who"}]}
                {"resourceType":"Observation","id":"own","subject":{"reference":"OWN/Patient/p"},"code":{"text":"x"}}
                {"resourceType":"Observation","id":"old","subject":{"reference":"OLD/Patient/p"},"performer":[{"reference":"OLD/Practitioner/doc/_history/3"}]}
                {"resourceType":"Observation","id":"older","subject":{"reference":"http://older.example/r4/Patient/q/_history/9"}}
                {"resourceType":"Observation","id":"foreign","subject":{"reference":"https://foreign.example/fhir/Patient/p"}}
                {"resourceType":"Observation","id":"conditional","subject":{"reference":"Patient?identifier=http://a|1"}}
                {"resourceType":"Observation","id":"urn","subject":{ "reference" : "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001" }}
                {"resourceType":"Observation","id":"contained","subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"}]}
                {"resourceType":"List","id":"list","subject":{"reference":"OLD/Patient/p"},"entry":[{"item":{"reference":"OLD/Practitioner/doc"}}]}
                {"resourceType":"Provenance","id":"prov","target":[{"reference":"OLD/Observation/old/_history/1"}]}
                {"resourceType":"Group","id":"members","type":"person","actual":true,"member":[{"entity":{"reference":"OLD/Patient/p"}},{"entity":{"reference":"OWN/Group/nested"}}]}
                {"resourceType":"Group","id":"nested","type":"person","actual":true,"member":[{"entity":{"reference":"OWN/Patient/q/_history/1"}}]}
                """.replace("OWN", server.base().toString()).replace("OLD", OLD);
    }

    @Test
    void compartmentsHoldWhatRefersToThemByAnOwnOrAnOtherBase() {
        assertThat(client.export("/Patient/$export?_type=Observation,List").keys())
                .containsExactly("List/list", "Observation/old", "Observation/older", "Observation/own");
    }

    @Test
    void membersOfGroupsCountInEachForm() {
        ExportClient.Export export = client.export("/Group/members/$export?_type=Patient");

        assertThat(export.keys()).containsExactly("Patient/p", "Patient/q");
        assertThat(export.manifest().path("error")).isEmpty();
    }

    @Test
    void provenanceFollowsItsTarget() {
        assertThat(client.export("/Group/members/$export?_type=Provenance").keys())
                .containsExactly("Provenance/prov");
    }

    @Test
    void whatIsReferredToIsFound() {
        assertThat(client.export("/Patient/$export?_type=Observation,List,Practitioner&_includeReferenced=Practitioner")
                        .keys())
                .contains("Practitioner/doc");
    }

    @Test
    void anOrganisedExportPutsThemIntoTheBlockOfWhatTheyReferTo() {
        HttpResponse<String> status = client.awaitEnd(
                client.kickOff("/$export?_type=Practitioner,Observation,List&organizeOutputBy=Practitioner")
                        .headers()
                        .firstValue("Content-Location")
                        .orElseThrow());

        assertThat(FhirJson.MAPPER
                        .readTree(status.body())
                        .path("output")
                        .path(0)
                        .path("count")
                        .asInt())
                .isEqualTo(3); // the Practitioner, the Observation and the List
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Observation?subject=Patient/p",
                "Observation?performer=Practitioner/doc",
                "Observation?performer:Practitioner.name=who",
            })
    void filtersFollowThem(String filter) {
        assertThat(client.export("/$export?_type=Observation&_typeFilter="
                                + filter.replace("?", "%3F").replace("&", "%26"))
                        .keys())
                .contains("Observation/old");
    }

    @Test
    void aReverseChainFollowsThem() {
        assertThat(client.export(
                                "/$export?_type=Practitioner&_typeFilter=Practitioner%3F_has:Observation:performer:_id=old")
                        .keys())
                .containsExactly("Practitioner/doc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Patient/p", "Patient/p/_history/4", "OLD/Patient/p", "OWN/Patient/p/_history/2"})
    void thePatientParameterIsReadInEachForm(String reference) {
        String text = reference.replace("OWN", server.base().toString()).replace("OLD", OLD);

        HttpResponse<String> kickOff = server.post(
                "/Patient/$export",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"Patient\"},"
                        + "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"" + text + "\"}}]}",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async");

        assertThat(client.await(kickOff).keys()).containsExactly("Patient/p");
    }

    @Test
    void aSingleResourceCountsTheSameWay() {
        server.put(
                "/Condition/single",
                "application/fhir+json",
                "{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"" + server.base() + "/Patient/q\"}}");

        assertThat(client.export("/Patient/$export?_type=Condition").keys()).containsExactly("Condition/single");
    }

    @Test
    void whatLeadsNowhereIsCountedAndToldWithItsKind() {
        assertThat(value("unresolvedReferences")).isEqualTo(3);
        assertThat(loaded.path("parameter").findValuesAsString("diagnostics"))
                .anySatisfy(text -> assertThat(text)
                        .contains("1 reference, such as 'Patient?identifier=http://a|1'")
                        .contains("conditional"))
                .anySatisfy(text -> assertThat(text).contains("urn:uuid:6f1c7b3e"))
                .anySatisfy(text -> assertThat(text)
                        .contains("https://foreign.example/fhir")
                        .contains("sluice.other-bases"))
                .hasSize(3);
    }

    @Test
    void anImportOfFilesCountsThemToo() throws Exception {
        Path file = files.resolve("Procedure.ndjson");
        Files.writeString(
                file,
                "{\"resourceType\":\"Procedure\",\"id\":\"job\",\"subject\":{\"reference\":\"" + server.base()
                        + "/Patient/p\"},\"encounter\":{\"reference\":\"Encounter?identifier=1\"}}\n");
        HttpResponse<String> kickOff = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":["
                        + "{\"name\":\"inputFormat\",\"valueString\":\"application/fhir+ndjson\"},"
                        + "{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":\"Procedure\"},"
                        + "{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());

        JsonNode output = FhirJson.MAPPER.readTree(end.body()).path("output").path(0);
        assertThat(output.path("unresolvedReferences").path(0).path("kind").asString())
                .isEqualTo("conditional");
        assertThat(output.path("unresolvedReferences").path(0).path("count").asInt())
                .isEqualTo(1);
        assertThat(client.export("/Patient/$export?_type=Procedure").keys()).containsExactly("Procedure/job");
    }

    private static int value(String name) {
        for (JsonNode parameter : loaded.path("parameter")) {
            if (parameter.path("name").asString().equals(name)) {
                return parameter.path("valueInteger").asInt();
            }
        }
        return -1;
    }
}
