package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a kick-off accepts and refuses. The cases of Azure's server keep their outcome here. */
@IntegrationTest
class KickOffTest {
    private static final String[] RIGHT = {"Accept", "application/fhir+json", "Prefer", "respond-async"};
    private static final String[] LENIENT = {
        "Accept", "application/fhir+json", "Prefer", "respond-async, handling=lenient"
    };

    private static SluiceServer server;
    private static ExportClient client;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
        client = new ExportClient(server);
        assertThat(server.put(
                                "/Group/123456",
                                "application/fhir+json",
                                "{\"resourceType\":\"Group\",\"id\":\"123456\",\"type\":\"person\",\"actual\":true}")
                        .statusCode())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/$export", "/Patient/$export", "/Group/123456/$export"})
    void withTheRequiredHeadersEachLevelIsAccepted(String path) {
        HttpResponse<String> kickOff = server.get(path, RIGHT);

        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        assertThat(kickOff.headers().firstValue("Content-Location").orElseThrow())
                .startsWith(server.base() + "/_operations/export/");
        assertThat(kickOff.body()).isEmpty();
    }

    /** Each row of the table of Azure's errors: what is asked, and words that tell a stranger what to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/$export?_SINCE=2020 | did you mean '_since'",
                "/Patient/$export?foo=bar | 'foo' is not supported; supported are",
                "/Group/123456/$export?foo=bar | 'foo' is not supported",
                "/$export?_typeFilter=Patient?gender=male | _typeFilter needs _type",
                "/$export?_outputFormat=csv | application/fhir+ndjson",
                "/$export?_outputFormat=NDJSON | 'NDJSON' is not supported",
                "/$export?_since=time | 'time', which is not a date or time",
                "/$export?_since=2020-01-01%20 | not a date or time",
                "/$export?_till=2020-13-01 | not a date or time",
                "/$export?_until=soon | not a date or time",
                "/$export?_since=2021&_until=2020 | before _until",
                "/$export?_since=2020&_since=2021 | given twice",
                "/$export?_maxCount=-1 | whole number",
                "/$export?_maxCount=10001 | 10000",
                "/$export?_isParallel=maybe | true nor false",
                "/$export?allowPartialManifests=TRUE | 'TRUE', which is neither true nor false",
                "/$export?allowPartialManifests= | '', which is neither true nor false",
                "/$export?allowPartialManifests=true&allowPartialManifests=false | given twice",
                "/Observation/$export | use [base]/$export",
                "/Patient/some-id/$export | use [base]/$export",
                "/Observation/some-id/$export | use [base]/$export",
                "/$export?_container=../secret | would lead out",
                "/$export?_container=..\\secret | would lead out",
                "/$export?_container=..%252fsecret | would lead out",
                "/$export?_container=Upper | lower-case letters",
                "/$export?_container=ab | 3 to 63",
                "/$export?_container=one-container&_container=another | given twice",
                "/$export?_type=Patient&_typeFilter=Patient | Patient",
                "/$export?_type=Patient&_typeFilter=Patient%3F | Patient?",
                "/$export?_type=Patient&_typeFilter=Patient%3Fgender | gender",
                "/$export?_type=Patient&_typeFilter=Patient%3Fgendre=male | gender",
                "/$export?_type=Patient&_typeFilter=Patinet%3Fgender=male | Patinet",
                "/$export?_type=Patient&_typeFilter=Observation%3Fcode=1 | add it to _type",
                "/$export?_type=patient | did you mean 'Patient'",
                "/$export?_type=Foo | 'Foo' is not a FHIR R4 resource type",
                "/$export?_type= | not a FHIR R4 resource type",
                "/Patient/$export?_type=ValueSet | at system level",
                "/$export?includeAssociatedData=_everything | '_everything' is not supported; use one of Latest",
                "/Patient/$export?includeAssociatedData=_history | at system level only",
                "/$export?includeAssociatedData=_deleted&_type=Patient&_typeFilter=Patient%3Fgender=male | cannot be combined",
                "/$export?_includeReferenced=Practitoner | did you mean 'Practitioner'",
                "/$export?_includeReferenced=Provenance | RelevantProvenanceResources",
                "/$export?_includeReferenced=Device&_includeReferencedDepth=4 | 1 to 3 times",
                "/$export?_includeReferencedDepth=2 | needs _includeReferenced",
                "/$export?_anonymizationConfig=c.json | Missing '_container' for anonymized export",
                "/Patient/$export?_anonymizationConfigEtag=x | Missing '_anonymizationConfig' for anonymized export",
                "/$export?_container=abc&_anonymizationConfig= | Path traversal",
                "/$export?_container=abc&_anonymizationConfig=../secret | '../secret' is not valid. Path traversal",
                "/$export?_container=abc&_anonymizationConfig=..\\secret | Path traversal characters are not allowed",
                "/$export?_container=abc&_anonymizationConfig=..%2fsecret | Path traversal characters are not allowed",
                "/$export?_container=abc&_anonymizationConfig=..%252fsecret | Path traversal characters are not allowed",
                "/$export?_container=abc&_anonymizationConfig=preset:safe | preset:safe-harbor",
                "/$export?_container=abc&_anonymizationConfig=preset:safe-harbor&_anonymizationConfigEtag=x | no ETag",
                "/$export?_container=abc&_anonymizationConfig=x&includeAssociatedData=_deleted | marks a deleted resource",
                "/$export?_container=anonymization | which is for rule files",
                "/$export?_container=abc&_anonymizationConfigCollectionReference=a.io/b | from a container registry",
                "/$export?_summary=true | '_summary' is not supported"
            })
    void whatIsWrongIsRefusedAtOnceInWordsThatHelp(String path, String words) {
        HttpResponse<String> kickOff = server.get(
                path.replace("\\", "%5C").replace("Patient?", "Patient%3F").replace("Observation?", "Observation%3F"),
                RIGHT);

        assertThat(outcome(400, kickOff)).anyMatch(issue -> issue.contains(words));
    }

    @Test
    void everyFaultOfARequestIsNamedInOneOutcome() {
        HttpResponse<String> kickOff = server.get(
                "/$export?_type=Foo,Patient&_since=x&_container=UP&unknown=1", "Accept", "*/*", "Prefer", "nothing");

        assertThat(outcome(400, kickOff)).hasSize(6);
    }

    @Test
    void anUnknownGroupIsNotFound() {
        assertThat(outcome(404, server.get("/Group/nobody/$export", RIGHT)))
                .singleElement()
                .asString()
                .contains("Group/nobody does not exist");
    }

    @Test
    void aTypeThatIsNoTypeIsNotFound() {
        assertThat(outcome(404, server.get("/Foo/$export", RIGHT))).hasSize(1);
    }

    @Test
    void leniencyLeavesWhatNarrowsNothingAsideAndReportsEachInTheErrorFile() {
        ExportClient.Export export = client.await(server.get(
                "/$export?_sort=id&foo=bar&_type=Patient,Foo&_typeFilter=Patient%3Factive%3Dtrue%26_count%3D1",
                LENIENT));

        JsonNode error = export.manifest().path("error").path(0);
        assertThat(error.path("type").asString()).isEqualTo("OperationOutcome");
        assertThat(error.path("count").asInt()).isEqualTo(4);
        assertThat(server.get(error.path("url").asString()).body().split("\n"))
                .hasSize(4)
                .allMatch(line -> line.contains("\"OperationOutcome\""))
                .anyMatch(line -> line.contains("_sort"))
                .anyMatch(line -> line.contains("'foo'"))
                .anyMatch(line -> line.contains("'Foo'"))
                .anyMatch(line -> line.contains("_count"));
    }

    @Test
    void typesThatNoPatientHasAreReportedBesideThoseThatPatientsHave() {
        ExportClient.Export export = client.export("/Patient/$export?_type=Patient,Organization");

        assertThat(server.get(export.manifest()
                                .path("error")
                                .path(0)
                                .path("url")
                                .asString())
                        .body())
                .contains("Organization is in no patient's compartment");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir%2Bndjson", "application/fhir+ndjson", "application/ndjson", "ndjson"})
    void eachNameOfNdjsonIsAccepted(String format) {
        assertThat(server.get("/$export?_outputFormat=" + format, RIGHT).statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2020",
                "2020-02",
                "2020-02-29",
                "2020-02-29T12:30",
                "2020-02-29T12:30:15Z",
                "2020-02-29T12:30:15.1234567Z",
                "2020-02-29T12:30:15+02:00",
                "2020-02-29T12:30:15%2B02:00"
            })
    void datesOfEveryPrecisionAreAccepted(String date) {
        assertThat(server.get("/Patient/$export?_type=Patient&_container=dates&_since=" + date, RIGHT)
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+json", "application/json", "application/fhir+json; charset=utf-8"})
    void aPostWithParametersIsTheSameAsAGet(String type) {
        String body = "{\"resourceType\":\"Parameters\",\"parameter\":["
                + "{\"name\":\"_type\",\"valueString\":\"Patient\"},{\"name\":\"_type\",\"valueString\":\"Group\"},"
                + "{\"name\":\"_since\",\"valueInstant\":\"2020-01-01T00:00:00Z\"}]}";

        ExportClient.Export export = client.await(server.post("/$export", type, body, RIGHT));

        assertThat(export.types()).containsExactly("Group");
        assertThat(export.manifest().path("request").asString()).isEqualTo(server.base() + "/$export");
    }

    @Test
    void aBodyThatIsNoParametersIsRefused() {
        assertThat(outcome(400, server.post("/$export", "application/json", "{\"resourceType\":\"Patient\"}", RIGHT)))
                .anyMatch(issue -> issue.contains("Parameters"));
        assertThat(outcome(400, server.post("/$export", "application/json", "{", RIGHT)))
                .hasSize(1);
        assertThat(outcome(415, server.post("/$export", "text/plain", "x", RIGHT)))
                .hasSize(1);
    }

    @Test
    void theStatusOfAnUnknownJobIsNotFound() {
        assertThat(outcome(404, server.get("/_operations/export/4e8a6c3e-9c1f-4b7e-8a53-0d7a9e4f1b11")))
                .hasSize(1);
        assertThat(outcome(404, server.get("/_operations/export/12"))).hasSize(1);
        assertThat(outcome(404, server.delete("/_operations/export/12"))).hasSize(1);
    }

    @Test
    void aJobThatIsCancelledIsGone() {
        String job = client.kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();

        assertThat(server.delete(job).statusCode()).isEqualTo(202);
        assertThat(outcome(404, server.get(job))).hasSize(1);
        assertThat(outcome(404, server.delete(job))).hasSize(1);
    }
}
