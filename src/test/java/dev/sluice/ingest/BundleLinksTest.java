package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.OwnBases;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A transaction rewrites every link to one of its entries that R4 names, and no other text. */
@IntegrationTest
class BundleLinksTest {
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.other-bases=https://old.example/fhir");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void attachmentsLeadToTheBinaryOfTheSameBundle() {
        String binary = urn();

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(
                                binary,
                                "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"aGk=\"}",
                                "Binary"),
                        "{\"resource\":{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"content\":[{\"attachment\":{\"url\":\""
                                + binary
                                + "\"}}]},\"request\":{\"method\":\"POST\",\"url\":\"DocumentReference\"}}"));

        assertThat(read(response, 1)).contains("\"url\":\"" + Bundles.id(response, 0) + "\"");
    }

    @Test
    void elementsAreTakenByTheirTypeAndNotByTheirText() {
        String urn = urn();
        String template =
                "\"status\":\"draft\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">"
                        + "%1$s <a href=\\\"%2$s\\\" title='%1$s'>%1$s</a><img alt='%1$s' src = '%2$s'/><!-- <a href='%1$s'> -->"
                        + "<b href='%1$s'>\\u00e9 &lt;a href='%1$s'></b></div>\"},"
                        + "\"contained\":[{\"id\":\"c\",\"url\":\"%1$s\",\"resourceType\":\"Library\",\"status\":\"draft\",\"type\":{\"text\":\"%1$s\"}}],"
                        + "\"extension\":[{\"url\":\"http://x\",\"valueUri\":\"%2$s\"},{\"url\":\"http://x\",\"valueUrl\":\"%2$s\"},{\"url\":\"http://x\",\"valueUuid\":\"%2$s\"},"
                        + "{\"url\":\"http://x\",\"valueString\":\"%1$s\"},{\"url\":\"http://x\",\"valueCanonical\":\"%1$s\"},"
                        + "{\"url\":\"http://x\",\"valueReference\":{\"reference\":\"%2$s\",\"display\":\"%1$s\"}}],"
                        + "\"title\":\"%1$s\",\"_title\":{\"extension\":[{\"url\":\"http://y\",\"valueUri\":\"%2$s\"}]},"
                        + "\"instantiatesUri\":[\"http://z\",\"%2$s\"],\"instantiatesCanonical\":[\"%1$s\"],\"intent\":\"plan\","
                        + "\"subject\":{\"reference\":\"%2$s\"}";

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(urn, "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.put(
                                "CarePlan/links",
                                "{\"resourceType\":\"CarePlan\"," + template.formatted(urn, urn) + "}")));

        assertThat(read(response, 1)).endsWith("}," + template.formatted(urn, Bundles.id(response, 0)) + "}");
    }

    @Test
    void whatIdentifiesSomethingStaysAsItIs() {
        String url = "http://definitions.example/CodeSystem/" + UUID.randomUUID();
        String codes = "\"url\":\"" + url + "\",\"status\":\"draft\",\"content\":\"complete\"";
        String basic = "\"extension\":[{\"url\":\"" + url + "\",\"valueCode\":\"x\"}],\"identifier\":[{\"system\":\""
                + url + "\",\"value\":\"1\"}],\"code\":{\"coding\":[{\"system\":\"" + url + "\",\"code\":\"x\"}]}";
        String values = "\"status\":\"draft\",\"compose\":{\"include\":[{\"system\":\"" + url + "\"}]}";

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(url, "{\"resourceType\":\"CodeSystem\"," + codes + "}", "CodeSystem"),
                        Bundles.create(urn(), "{\"resourceType\":\"Basic\"," + basic + "}", "Basic"),
                        Bundles.create(urn(), "{\"resourceType\":\"ValueSet\"," + values + "}", "ValueSet")));

        assertThat(read(response, 0)).endsWith("}," + codes + "}");
        assertThat(read(response, 1)).endsWith("}," + basic + "}");
        assertThat(read(response, 2)).endsWith("}," + values + "}");
    }

    @Test
    void onlyWhatAPatchBringsIsRewritten() {
        String urn = urn();
        String stays = "{\"reference\":\"urn:uuid:elsewhere\"},{\"reference\":\"Practitioner/old\"}";
        String patch =
                "[{\"op\":\"add\",\"path\":\"/generalPractitioner/-\",\"value\":{\"reference\":\"" + urn + "\"}},"
                        + "{\"op\":\"add\",\"path\":\"/managingOrganization\",\"value\":{}},"
                        + "{\"op\":\"add\",\"path\":\"/managingOrganization/reference\",\"value\":\"" + urn + "\"}]";
        server.put(
                "/Patient/patched",
                "application/fhir+json",
                "{\"resourceType\":\"Patient\",\"generalPractitioner\":[" + stays + "]}");

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(urn, "{\"resourceType\":\"Practitioner\",\"id\":\"old\"}", "Practitioner"),
                        PatchTest.patchEntry("Patient/patched", patch)));

        String link = "{\"reference\":\"" + Bundles.id(response, 0) + "\"}";
        assertThat(server.get("/Patient/patched").body())
                .endsWith("[" + stays + "," + link + "],\"managingOrganization\":" + link + "}");
    }

    @Test
    void aBatchRewritesNothing() {
        JsonNode response = Bundles.done(
                server,
                Bundles.batch(
                        Bundles.create(
                                "http://a.example/fhir/Basic/3", basic("http://a.example/fhir/Basic/3"), "Basic"),
                        Bundles.create(urn(), basic("urn:uuid:1"), "Basic"),
                        Bundles.create(urn(), basic("Patient?identifier=1"), "Basic")));

        assertThat(references("/" + Bundles.id(response, 0))).containsExactly("http://a.example/fhir/Basic/3");
        assertThat(response.findValuesAsString("status"))
                .containsExactly("201 Created", "400 Bad Request", "400 Bad Request");
        assertThat(response.toString()).contains("Send a transaction");
    }

    @Test
    void aNarrativeOfManyTagsTakesNoLongerForIt() {
        LinkRewriter.Target none = ReferenceTargets.alone(OwnBases.NONE);

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(NarrativeLinks.rewrite("\"href" + "<b>".repeat(1_000_000) + "\"", none))
                        .isNull());
    }

    @Test
    void theTypeAndIdThatAResourceHasInTheBundleNameIt() {
        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"0\"},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}",
                        Bundles.create(urn(), "{\"resourceType\":\"Patient\",\"id\":\"1\"}", "Patient"),
                        Bundles.put("Basic/names", basic("Patient/0", "Patient/1", "Patient/2", "Practitioner/0"))));

        assertThat(references("/Basic/names"))
                .containsExactly(Bundles.id(response, 0), Bundles.id(response, 1), "Patient/2", "Practitioner/0");
    }

    @Test
    void aRelativeReferenceMeansTheServerOfItsOwnEntryFirst() {
        String here = "http://a.example/fhir";
        String there = "http://b.example/fhir";

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(here + "/Patient/7", "{\"resourceType\":\"Patient\",\"id\":\"7\"}", "Patient"),
                        Bundles.create(there + "/Patient/7", "{\"resourceType\":\"Patient\",\"id\":\"7\"}", "Patient"),
                        Bundles.create(here + "/Basic/1", basic("Patient/7"), "Basic"),
                        Bundles.create(there + "/Basic/1", basic("Patient/7", here + "/Patient/7"), "Basic")));
        HttpResponse<String> unclear = Bundles.post(
                server,
                Bundles.transaction(
                        Bundles.create(here + "/Patient/7", "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.create(there + "/Patient/7", "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.put("Basic/unclear", basic("Patient/7"))));

        assertThat(references("/" + Bundles.id(response, 2))).containsExactly(Bundles.id(response, 0));
        assertThat(references("/" + Bundles.id(response, 3)))
                .containsExactly(Bundles.id(response, 1), Bundles.id(response, 0));
        assertThat(unclear.statusCode()).isEqualTo(400);
        assertThat(unclear.body()).contains("'Patient/7' could mean several entries", "Bundle.entry[0]");
    }

    @Test
    void aFullUrlOnAnyBaseOfThisServerIsTheSameResource() {
        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create(
                                "https://old.example/fhir/Patient/9", "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.put(
                                "Basic/bases",
                                basic(
                                        server.base() + "/Patient/9",
                                        "https://old.example/fhir/Patient/9",
                                        "https://other.example/fhir/Patient/9"))));

        assertThat(references("/Basic/bases"))
                .containsExactly(
                        Bundles.id(response, 0), Bundles.id(response, 0), "https://other.example/fhir/Patient/9");
    }

    @Test
    void aLinkToAVersionLeadsToTheVersionThatTheBundleMakes() {
        String same = "{\"resourceType\":\"Patient\",\"id\":\"same\",\"active\":true}";
        Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.put("Patient/twice", "{\"resourceType\":\"Patient\"}"),
                        Bundles.put("Patient/same", same)));

        JsonNode response = Bundles.done(
                server,
                Bundles.transaction(
                        Bundles.create("http://a.example/fhir/Patient/5", "{\"resourceType\":\"Patient\"}", "Patient"),
                        Bundles.put("Patient/twice", "{\"resourceType\":\"Patient\",\"active\":true}"),
                        Bundles.put("Patient/same", same),
                        Bundles.put(
                                "Basic/versions",
                                basic(
                                        "http://a.example/fhir/Patient/5/_history/77",
                                        "Patient/twice/_history/1",
                                        "Patient/same/_history/9",
                                        "Patient/outside/_history/3"))));

        assertThat(references("/Basic/versions"))
                .containsExactly(
                        Bundles.id(response, 0) + "/_history/1",
                        "Patient/twice/_history/2",
                        "Patient/same/_history/1",
                        "Patient/outside/_history/3");
    }

    private static String urn() {
        return "urn:uuid:" + UUID.randomUUID();
    }

    private static String basic(String... references) {
        StringBuilder extensions = new StringBuilder();
        for (String reference : references) {
            extensions
                    .append(extensions.isEmpty() ? "" : ",")
                    .append("{\"url\":\"http://x\",\"valueReference\":{\"reference\":\"")
                    .append(reference)
                    .append("\"}}");
        }
        return "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"extension\":[" + extensions + "]}";
    }

    private static List<String> references(String path) {
        return FhirJson.MAPPER.readTree(server.get(path).body()).findValuesAsString("reference");
    }

    private static String read(JsonNode response, int entry) {
        return server.get("/" + Bundles.id(response, entry)).body();
    }
}
