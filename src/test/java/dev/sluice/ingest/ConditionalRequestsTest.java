package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Changes that depend on what is stored: conditional create, update and delete, and patches, also under a race. */
@IntegrationTest
class ConditionalRequestsTest {
    private static final String FHIR = "application/fhir+json";
    private static final int CLIENTS = 8;

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
    void equalConditionalCreatesAtOnceMakeOneResource() throws Exception {
        for (int round = 0; round < 5; round++) {
            String value = UUID.randomUUID().toString();
            // Differently written, and with and without the system: they all could find what another one creates.
            List<String> conditions = List.of(
                    "identifier=http://race|" + value,
                    "identifier=http%3A%2F%2Frace%7C" + value,
                    "identifier=" + value,
                    server.base() + "/Patient?identifier=http://race|" + value);

            List<HttpResponse<String>> answers = AtOnce.send(
                    CLIENTS,
                    client -> server.post(
                            "/Patient",
                            FHIR,
                            patient(value),
                            "If-None-Exist",
                            conditions.get(client % conditions.size())));

            assertThat(statuses(answers)).containsExactly(200, 200, 200, 200, 200, 200, 200, 201);
            assertThat(ids(answers)).hasSize(1);
        }
    }

    @Test
    void equalConditionalUpdatesAtOnceMakeOneResource() throws Exception {
        String value = UUID.randomUUID().toString();

        List<HttpResponse<String>> answers = AtOnce.send(
                CLIENTS,
                client -> server.put(
                        "/Patient?identifier=http://race%7C" + value,
                        FHIR,
                        patient(value).replace("}]}", "}],\"multipleBirthInteger\":" + client + "}")));

        assertThat(statuses(answers)).containsExactly(200, 200, 200, 200, 200, 200, 200, 201);
        assertThat(ids(answers)).hasSize(1);
        assertThat(answers.stream()
                        .map(answer ->
                                json(answer).path("meta").path("versionId").asInt())
                        .sorted())
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void bundlesWithTheSameConditionsInAnyOrderMakeEachResourceOnce() throws Exception {
        String one = UUID.randomUUID().toString();
        String two = UUID.randomUUID().toString();

        List<HttpResponse<String>> answers = AtOnce.send(
                CLIENTS,
                client -> Bundles.post(
                        server,
                        client % 2 == 0
                                ? Bundles.transaction(createOnce(one), createOnce(two))
                                : Bundles.transaction(
                                        createOnce(two),
                                        Bundles.put("Basic/r" + client + one, referring("Patient?identifier=" + one)),
                                        createOnce(one))));

        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200);
        assertThat(answers.stream()
                        .flatMap(answer -> json(answer).findValuesAsString("status").stream())
                        .filter("201 Created"::equals))
                .hasSize(2 + CLIENTS / 2);
    }

    @Test
    void patchesAtOnceAreAllDone() throws Exception {
        String path = "/Patient/" + UUID.randomUUID();
        server.put(path, FHIR, "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"a\"]}]}");

        List<HttpResponse<String>> answers = AtOnce.send(
                CLIENTS,
                client -> patch(path, "[{\"op\":\"add\",\"path\":\"/name/0/given/-\",\"value\":\"b" + client + "\"}]"));

        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200);
        assertThat(json(server.get(path)).path("name").path(0).path("given")).hasSize(1 + CLIENTS);
    }

    @Test
    void aConditionalUpdateCreatesOrChangesOneResource() {
        String value = UUID.randomUUID().toString();
        String path = "/Patient?identifier=http://race%7C" + value + "&_format=json";

        HttpResponse<String> created = server.put(path, FHIR, patient(value));
        String id = json(created).path("id").asString();
        HttpResponse<String> changed = server.put(path, FHIR, patient(value).replace("}]}", "}],\"active\":true}"));
        HttpResponse<String> otherId =
                server.put(path, FHIR, patient(value).replace("{\"res", "{\"id\":\"other\",\"res"));

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.headers().firstValue("Location").orElseThrow()).endsWith("/Patient/" + id + "/_history/2");
        assertThat(otherId.statusCode()).isEqualTo(400);
        assertThat(otherId.body()).contains("other", id);
    }

    @Test
    void aConditionalUpdateWithoutAMatchTakesTheIdOfTheText() {
        String id = UUID.randomUUID().toString();
        String body = patient(id).replace("{\"res", "{\"id\":\"" + id + "\",\"res");

        HttpResponse<String> created = server.put("/Patient?identifier=" + id, FHIR, body);
        HttpResponse<String> taken = server.put("/Patient?identifier=nobody-" + id, FHIR, body);

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location").orElseThrow()).endsWith("/Patient/" + id + "/_history/1");
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(taken.body()).contains("Patient/" + id + " is there with other identifiers");
    }

    @Test
    void aConditionalDeleteDeletesOneResourceAndNeverSeveral() {
        String value = UUID.randomUUID().toString();
        String first =
                json(server.post("/Patient", FHIR, patient(value))).path("id").asString();
        String second =
                json(server.post("/Patient", FHIR, patient(value))).path("id").asString();
        String path = "/Patient?identifier=http://race%7C" + value;

        assertThat(server.delete(path).statusCode()).isEqualTo(412);
        assertThat(server.put(path, FHIR, patient(value)).statusCode()).isEqualTo(412);
        assertThat(server.delete("/Patient/" + first).statusCode()).isEqualTo(204);
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
        assertThat(server.get("/Patient/" + second).statusCode()).isEqualTo(410);
        assertThat(server.delete(path).statusCode()).isEqualTo(204);
    }

    @Test
    void aConditionalChangeIsOfTheVersionThatTheClientNames() {
        String value = UUID.randomUUID().toString();
        String path = "/Patient?identifier=" + value;
        String changed = patient(value).replace("}]}", "}],\"active\":true}");
        server.put(path, FHIR, patient(value));

        assertThat(List.of(
                        server.put(path, FHIR, changed, "If-None-Match", "*"),
                        server.put(path, FHIR, changed, "If-Match", "W/\"7\""),
                        server.delete(path, "If-None-Match", "*"),
                        server.delete(path, "If-Match", "W/\"7\""),
                        server.delete(path + "0", "If-Match", "W/\"1\""),
                        patch(path, "[]", "If-None-Match", "*"),
                        patch(path, "[]", "If-Match", "W/\"7\"")))
                .allSatisfy(refused ->
                        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(412));
        assertThat(server.put(path, FHIR, changed, "If-Match", "W/\"1\"").statusCode())
                .isEqualTo(200);
        assertThat(server.delete(path, "If-Match", "W/\"2\"").statusCode()).isEqualTo(204);
        assertThat(server.put(path, FHIR, changed, "If-None-Match", "*").statusCode())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=a", "identifier=a&identifier=b", "identifier=", "_format=json", "identifier=a,b"})
    void anotherConditionIsRefusedAndTheOneThatIsTakenIsTold(String query) {
        for (HttpResponse<String> refused : List.of(
                server.put("/Patient?" + query, FHIR, "{\"resourceType\":\"Patient\"}"),
                server.delete("/Patient?" + query),
                server.post("/Patient", FHIR, "{\"resourceType\":\"Patient\"}", "If-None-Exist", query))) {
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("identifier=[system]|[value]").contains("OperationOutcome");
        }
    }

    @Test
    void withoutAnIdOrAConditionNothingIsChanged() {
        HttpResponse<String> refused = server.delete("/Patient");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("needs an id", "Patient?identifier=[system]|[value]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "batch"})
    void bundlesHaveConditionalEntriesAndPatchesToo(String type) {
        String value = UUID.randomUUID().toString();
        String gone = UUID.randomUUID().toString();
        server.post("/Patient", FHIR, patient(gone));
        server.put("/Patient/p-" + value, FHIR, "{\"resourceType\":\"Patient\",\"gender\":\"male\"}");

        JsonNode answer = Bundles.done(
                server,
                Bundles.transaction(
                                Bundles.put("Patient?identifier=http://race|" + value, patient(value)),
                                Bundles.delete("Patient?identifier=http://race|" + gone),
                                Bundles.delete("Patient?identifier=http://race|nobody"),
                                patchEntry("Patient/p-" + value))
                        .replace("\"transaction\"", "\"" + type + "\""));

        assertThat(answer.findValuesAsString("status"))
                .containsExactly("201 Created", "204 No Content", "204 No Content", "200 OK");
        assertThat(json(server.get("/Patient/p-" + value)).path("gender").asString())
                .isEqualTo("female");
    }

    private static List<Integer> statuses(List<HttpResponse<String>> answers) {
        return answers.stream().map(HttpResponse::statusCode).sorted().toList();
    }

    private static Set<String> ids(List<HttpResponse<String>> answers) {
        return answers.stream()
                .map(answer -> json(answer).path("id").asString())
                .collect(Collectors.toSet());
    }

    private static String patient(String value) {
        return "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"http://race\",\"value\":\"" + value
                + "\"}]}";
    }

    private static String createOnce(String value) {
        return "{\"resource\":" + patient(value)
                + ",\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=http://race|"
                + value
                + "\"}}";
    }

    private static String referring(String reference) {
        return "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"" + reference
                + "\"}}";
    }

    private static String patchEntry(String url) {
        return patchEntry(url, "[{\"op\":\"replace\",\"path\":\"/gender\",\"value\":\"female\"}]");
    }

    private static String patchEntry(String url, String patch) {
        return "{\"resource\":{\"resourceType\":\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":\""
                + Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8))
                + "\"},\"request\":{\"method\":\"PATCH\",\"url\":\"" + url + "\"}}";
    }

    private static HttpResponse<String> patch(String path, String patch, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", JsonPatch.MEDIA_TYPE));
        all.addAll(List.of(headers));
        return server.send("PATCH", path, BodyPublishers.ofString(patch), all.toArray(String[]::new));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return FhirJson.MAPPER.readTree(answer.body());
    }
}
