package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One odd line, entry or resource is told, and spoils only itself. */
@IntegrationTest
class OddContentTest {
    private static final String FHIR = "application/fhir+json";
    private static final String PATIENT = "{\"resourceType\":\"Patient\"}";

    private static final String SLOPPY =
            "{\"active\":\"true\",\"resourceType\":\"Patient\",\"multipleBirthInteger\":\"2\","
                    + "\"gender\":null,\"birthDate\":\"1980-01-01T00:00:00Z\",\"maritalStatus\":{},\"name\":[{\"given\":\"Bob\"},null],"
                    + "\"identifier\":[[{\"value\":\"x\"}]],\"managingOrganization\":{\"reference\":[\"Organization/1\"]},"
                    + "\"entry\":[]}";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E1000000", "1e1000000000", "1E2147483648", "-1e-99999999999", "0E1000000"})
    void aNumberBeyondTheBoundsIsRefusedAtEachDoorWithItsPlace(String number) {
        String path = "'valueQuantity.value'";
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            refused(server.put("/Observation/huge", FHIR, observation("huge", number)), number, path);
            refused(server.post("/Observation", FHIR, observation("huge", number)), number, path);
            refused(
                    Bundles.post(
                            server,
                            Bundles.transaction(
                                    Bundles.put("Patient/beside-huge", PATIENT),
                                    Bundles.put("Observation/huge", observation("huge", number)))),
                    "Bundle.entry[1]: The number " + number,
                    path);
            JsonNode batch = Bundles.done(
                    server,
                    Bundles.batch(
                            Bundles.create("urn:uuid:1", PATIENT, "Patient"),
                            Bundles.put("Observation/huge", observation("huge", number)),
                            Bundles.create("urn:uuid:3", PATIENT, "Patient")));
            assertThat(batch.findValuesAsString("status"))
                    .containsExactly("201 Created", "400 Bad Request", "201 Created");
            assertThat(batch.toString()).contains("The number " + number, path);
            HttpResponse<String> loaded =
                    load(IntStream.rangeClosed(1, 9).mapToObj(n -> observation("n" + n, n == 2 ? number : n + ".00")));
            assertThat(loaded.statusCode()).isEqualTo(200);
            assertThat(loaded.body()).contains("Line 2: The number " + number, path, "\"failed\",\"valueInteger\":1}");
        });
        assertThat(server.get("/Patient/beside-huge").statusCode()).isEqualTo(404);
        assertThat(server.get("/Observation/n2").statusCode()).isEqualTo(404);
        assertThat(server.get("/Observation/n1").body()).contains("\"value\":1.00}");
        assertThat(server.get("/Observation/n9").body()).contains("\"value\":9.00}");
        refused(
                new ExportClient(server).kickOff("/$export?_typeFilter=Observation%3Fvalue-quantity%3Dgt" + number),
                "is no number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E-22", "1.00", "9.99e1000", "-0.0", "10.0E3"})
    void whatIsWithinTheBoundsStaysAsItCame(String number) {
        assertThat(server.put("/Observation/kept", FHIR, observation("kept", number))
                        .statusCode())
                .isIn(200, 201);

        assertThat(server.get("/Observation/kept").body()).contains("{\"value\":" + number + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":{}},\"resource\":@}; ifNoneExist",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifMatch\":[1]},\"resource\":@}; ifMatch must be",
                "{\"request\":{\"method\":\"POST\",\"url\":1E2147483648},\"resource\":@}; The number 1E2147483648",
                "{\"request\":{\"method\":\"POST\",\"url\":{\"a\":1}},\"resource\":@}; request.url must be a string",
                "{\"request\":{\"method\":[],\"url\":\"Patient\"},\"resource\":@}; request.method must be a string",
                "{\"request\":[],\"resource\":@}; request must be a JSON object",
                "{\"request\":null,\"resource\":@}; request must be a JSON object",
                "{\"request\":{\"method\":\"POST\",\"method\":\"PUT\",\"url\":\"Patient\"},\"resource\":@}; Duplicate",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"resource\":@,\"resource\":@}; 'resource' twice",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"resource\":null}; one JSON object",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"resource\":[@]}; one JSON object",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"fullUrl\":{},\"resource\":@}; fullUrl must be",
                "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"fullUrl\":1,\"resource\":@}; fullUrl must be",
                "{\"request\":{\"method\":\"PUT\",\"url\":\"Patient/\\u0000\"},\"resource\":@}; is not a FHIR id",
                "null; An entry must be a JSON object",
                "[{}]; An entry must be a JSON object",
                "{}; no 'request'",
            })
    void anOddEntryIsAnsweredByItselfAndRefusesAWholeTransaction(String entry, String why) {
        String odd = entry.replace("@", PATIENT);
        String id = "beside-" + Integer.toHexString(entry.hashCode());

        JsonNode batch = Bundles.done(
                server,
                Bundles.batch(
                        Bundles.put("Patient/" + id, PATIENT), odd, Bundles.create("urn:uuid:3", PATIENT, "Patient")));
        HttpResponse<String> transaction =
                Bundles.post(server, Bundles.transaction(Bundles.put("Patient/" + id + "-2", PATIENT), odd));

        assertThat(batch.findValuesAsString("status")).containsExactly("201 Created", "400 Bad Request", "201 Created");
        assertThat(batch.path("entry").path(1).toString()).contains(why);
        refused(transaction, "Bundle.entry[1]", why);
        assertThat(server.get("/Patient/" + id).statusCode()).isEqualTo(200);
        assertThat(server.get("/Patient/" + id + "-2").statusCode()).isEqualTo(404);
    }

    @Test
    void whatHasR4sStructureIsTakenAndEveryOtherElementIsTold() {
        String given =
                "{\"resourceType\":\"Patient\",\"id\":\"given\",\"name\":[{\"family\":\"A\",\"_given\":[{\"extension\":"
                        + "[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"unknown\"}]}]}]}";

        assertThat(server.put("/Patient/given", FHIR, given).statusCode()).isEqualTo(201);
        Bundles.done(server, Bundles.transaction(Bundles.create("urn:uuid:1", given, "Patient")));
        refused(
                server.post("/Patient", FHIR, SLOPPY),
                "Patient.active is ",
                "Patient.gender is null",
                "Patient.birthDate is ",
                "Patient.maritalStatus is an empty object",
                "Patient.name[0].given is ",
                "Patient.name[1] must",
                "Patient.identifier[0] is ",
                "Patient.managingOrganization.reference is ",
                "Patient.entry is no element");
        refused(
                Bundles.post(server, Bundles.transaction(Bundles.create("urn:uuid:1", SLOPPY, "Patient"))),
                "Bundle.entry[0]: Patient.active is ",
                "Bundle.entry[0]: Patient.entry is no element");
        assertThat(load(Stream.of(SLOPPY.replace("{\"active", "{\"id\":\"sloppy\",\"active")))
                        .statusCode())
                .as("a load takes it as it is")
                .isEqualTo(200);
    }

    @Test
    void aLoadChecksTheStructureIfTheSettingSaysSo() {
        try (SluiceServer strict = SluiceServer.start("--sluice.ingest.validation=structure")) {
            HttpResponse<String> loaded = strict.post(
                    "/$import",
                    "application/fhir+ndjson",
                    PATIENT.replace("}", ",\"id\":\"fine\"}\n")
                            + SLOPPY.replace("{\"active", "{\"id\":\"s\",\"active"));

            assertThat(loaded.body()).contains("Line 2: Patient.active is ", "Patient.entry is no element");
            assertThat(strict.get("/Patient/fine").statusCode()).isEqualTo(200);
            assertThat(strict.get("/Patient/s").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aTreeTooLargeForTheHeapIsRefusedAtEachDoor() {
        long tokens = Math.max(1_000_000, Runtime.getRuntime().maxMemory() / 256);
        String wide = "{\"resourceType\":\"Basic\",\"id\":\"wide\",\"x\":[" + "[],".repeat((int) tokens / 2) + "1]}";

        assertThat(server.put("/Basic/wide", FHIR, wide).statusCode()).isEqualTo(413);
        HttpResponse<String> loaded = load(Stream.of(PATIENT.replace("}", ",\"id\":\"narrow\"}"), wide));
        assertThat(loaded.body()).contains("Line 2: The JSON has more than");
        assertThat(server.get("/Patient/narrow").statusCode()).isEqualTo(200);
    }

    private static String observation(String id, String value) {
        return "{\"resourceType\":\"Observation\",\"id\":\"" + id
                + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":" + value + "}}";
    }

    private static HttpResponse<String> load(Stream<String> lines) {
        return server.post("/$import", "application/fhir+ndjson", lines.collect(Collectors.joining("\n")));
    }

    private static void refused(HttpResponse<String> response, String... why) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(FhirJson.parseObject(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .path("resourceType")
                        .asString())
                .isEqualTo("OperationOutcome");
        assertThat(response.body()).contains(why);
    }
}
