package dev.sluice.viewexport;

import static dev.sluice.ExportClient.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Exports of views, from the kick-off to the rows in the files. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class ViewExportTest {
    private static final String PATIENTS = view(
            "patients",
            "Patient",
            "{\"column\":[{\"name\":\"id\",\"path\":\"getResourceKey()\"},{\"name\":\"born\",\"path\":\"birthDate\"}]}");
    private static final String NAMES = view(
            "names",
            "Patient",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"}]},"
                    + "{\"forEach\":\"name\",\"column\":[{\"name\":\"family\",\"path\":\"family\"},"
                    + "{\"name\":\"given\",\"path\":\"given\"}]}");
    private static final String VALUES = view(
            "values",
            "Observation",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"patient\",\"path\":\"subject.getReferenceKey(Patient)\"},"
                    + "{\"name\":\"value\",\"path\":\"value.ofType(Quantity).value\"}]}");

    private final SluiceServer open = KnownTokens.server();
    private final SluiceServer server = open.as(KnownTokens.of("all", "system/*.*"));

    @BeforeAll
    void load() {
        put(
                "Patient/ann",
                "\"birthDate\":\"1970-01-02\",\"name\":[{\"family\":\"A, \\\"B\\\"\",\"given\":[\"C\"]},{\"family\":\"D\"}]");
        put("Patient/bob", "\"birthDate\":\"1980\",\"name\":[{\"family\":\"E\",\"given\":[\"F\",\"G\"]}]");
        put(
                "Observation/o1",
                "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/ann\"},\"valueQuantity\":{\"value\":1.50}");
        put(
                "Observation/o2",
                "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/bob\"},\"valueString\":\"y\"");
        put(
                "Group/bobs",
                "\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":\"Patient/bob\"}}]");
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void severalViewsAreExportedOfOneState() {
        ObjectNode result = result(server, parameters(PATIENTS, NAMES, VALUES));

        assertThat(rows(result, "patients"))
                .containsExactlyInAnyOrder(
                        "{\"id\":\"ann\",\"born\":\"1970-01-02\"}", "{\"id\":\"bob\",\"born\":\"1980\"}");
        assertThat(rows(result, "values"))
                .containsExactlyInAnyOrder(
                        "{\"id\":\"o1\",\"patient\":\"ann\",\"value\":1.50}",
                        "{\"id\":\"o2\",\"patient\":\"bob\",\"value\":null}");
        assertThat(result.toString()).contains("\"valueCode\":\"completed\"", "\"valueCode\":\"ndjson\"");
    }

    /** One resource that does not fit spoils only itself. */
    @Test
    void aResourceWithoutRowsIsNamed() {
        ObjectNode result = result(server, parameters(NAMES));

        assertThat(rows(result, "names"))
                .containsExactly(
                        "{\"id\":\"ann\",\"family\":\"A, \\\"B\\\"\",\"given\":\"C\"}",
                        "{\"id\":\"ann\",\"family\":\"D\",\"given\":null}");
        assertThat(read(server, parts(result, "error").get(0)))
                .contains("Patient/bob is left out of the view 'names': the column 'given' has 2 values");
    }

    @Test
    void csvHasAHeader() {
        String request = parameters(NAMES)
                .replace("\"parameter\":[", "\"parameter\":[{\"name\":\"_format\",\"valueCode\":\"csv\"},");
        ObjectNode result = result(server, request);
        HttpResponse<String> file = server.get(files(result, "names").get(0));

        assertThat(file.body()).isEqualTo("id,family,given\r\nann,\"A, \"\"B\"\"\",C\r\nann,D,\r\n");
        assertThat(file.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(file.uri().getPath()).endsWith("/names-1.csv");

        String without =
                request.replace("\"parameter\":[", "\"parameter\":[{\"name\":\"header\",\"valueBoolean\":false},");
        assertThat(String.join("", rows(result(server, without), "names"))).startsWith("ann,");
    }

    @Test
    void patientsAndGroupsLimitTheRows() {
        String patient = "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/ann\"}},";
        String group = "{\"name\":\"group\",\"valueReference\":{\"reference\":\"Group/bobs\"}},";
        String request = parameters(VALUES);

        assertThat(rows(result(server, request.replace("\"parameter\":[", "\"parameter\":[" + patient)), "values"))
                .containsExactly("{\"id\":\"o1\",\"patient\":\"ann\",\"value\":1.50}");
        assertThat(rows(result(server, request.replace("\"parameter\":[", "\"parameter\":[" + group)), "values"))
                .containsExactly("{\"id\":\"o2\",\"patient\":\"bob\",\"value\":null}");
    }

    /** What the rules remove is in no row. */
    @Test
    void resourcesAreDeidentifiedBeforeTheView() {
        String request = parameters(PATIENTS)
                .replace(
                        "\"parameter\":[",
                        "\"parameter\":[{\"name\":\"_container\",\"valueString\":\"study\"},"
                                + "{\"name\":\"_anonymizationConfig\",\"valueString\":\"preset:safe-harbor\"},");

        assertThat(rows(result(server, request), "patients"))
                .hasSize(2)
                .noneMatch(row -> row.contains("1970-01-02") || row.contains("ann"))
                .anyMatch(row -> row.contains("\"born\":\"1970\""));
    }

    @Test
    void aClientGetsOnlyWhatItMayExport() {
        SluiceServer patients = open.as(KnownTokens.of("patients", "system/Patient.rs"));

        assertThat(outcome(403, kickOff(patients, parameters(PATIENTS, VALUES))).toString())
                .contains("does not allow to export Observation");
        assertThat(rows(patients, result(patients, parameters(PATIENTS)), "patients"))
                .hasSize(2);
    }

    @Test
    void allThatIsWrongWithViewsIsTold() {
        String wrong = view(
                "a",
                "Patient",
                "{\"column\":[{\"name\":\"c\",\"path\":\"name.(\"},{\"name\":\"d\",\"path\":\"name\"}]}");

        assertThat(outcome(422, kickOff(server, parameters(wrong, view("b", "Pateint", "{\"column\":[]}")))))
                .hasSize(2)
                .allMatch(text -> text.startsWith("parameter["))
                .anyMatch(text -> text.contains("parameter[0].viewResource: select[0].column[0].path: "))
                .anyMatch(text -> text.contains("Pateint"));
    }

    @Test
    void wrongParametersAreRefused() {
        assertThat(outcome(
                        400,
                        kickOff(
                                server,
                                "{\"resourceType\":\"Parameters\",\"parameter\":["
                                        + "{\"name\":\"_format\",\"valueCode\":\"xml\"},{\"name\":\"_sinc\",\"valueInstant\":\"2020-01-01T00:00:00Z\"},"
                                        + "{\"name\":\"view\",\"part\":[{\"name\":\"viewReference\",\"valueReference\":{\"reference\":\"ViewDefinition/1\"}}]},"
                                        + "{\"name\":\"view\",\"part\":[{\"name\":\"name\",\"valueString\":\"errors\"},{\"name\":\"viewResource\",\"resource\":"
                                        + PATIENTS + "}]}]}")))
                .hasSize(4)
                .anyMatch(text -> text.contains("_format 'xml' is not supported"))
                .anyMatch(text -> text.contains("did you mean '_since'?"))
                .anyMatch(text -> text.contains("stores no ViewDefinition"))
                .anyMatch(text -> text.contains("needs another name"));
        assertThat(outcome(400, kickOff(server, "{\"resourceType\":\"Parameters\"}"))
                        .toString())
                .contains("'view' is given 0 times");
        assertThat(outcome(422, kickOff(server, parameters(PATIENTS, PATIENTS))).toString())
                .contains("has the name of another view");
        assertThat(outcome(404, server.get("/_operations/export/00000000-0000-0000-0000-000000000000/result"))
                        .toString())
                .contains("was not found");
    }

    private void put(String key, String content) {
        put(server, key, content);
    }

    static void put(SluiceServer client, String key, String content) {
        String[] parts = key.split("/", -1);
        HttpResponse<String> answer = client.put(
                "/" + key,
                "application/fhir+json",
                "{\"resourceType\":\"" + parts[0] + "\",\"id\":\"" + parts[1] + "\"," + content + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    static String view(String name, String resource, String selects) {
        return "{\"resourceType\":\"ViewDefinition\",\"name\":\"" + name + "\",\"status\":\"active\",\"resource\":\""
                + resource + "\",\"select\":[" + selects + "]}";
    }

    static String parameters(String... views) {
        List<String> parts = new ArrayList<>();
        for (String view : views) {
            parts.add("{\"name\":\"view\",\"part\":[{\"name\":\"viewResource\",\"resource\":" + view + "}]}");
        }
        return "{\"resourceType\":\"Parameters\",\"parameter\":[" + String.join(",", parts) + "]}";
    }

    static HttpResponse<String> kickOff(SluiceServer client, String body) {
        return client.post(
                "/ViewDefinition/$viewdefinition-export",
                "application/fhir+json",
                body,
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async");
    }

    static ObjectNode result(SluiceServer client, String body) {
        HttpResponse<String> started = kickOff(client, body);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        HttpResponse<String> end = new ExportClient(client)
                .awaitEnd(started.headers().firstValue("Content-Location").orElseThrow());
        assertThat(end.statusCode()).as(end.body()).isEqualTo(303);
        HttpResponse<String> result =
                client.get(end.headers().firstValue("Location").orElseThrow());
        assertThat(result.statusCode()).as(result.body()).isEqualTo(200);
        return FhirJson.parseObject(result.body().getBytes(UTF_8));
    }

    private List<String> rows(ObjectNode result, String view) {
        return rows(server, result, view);
    }

    static List<String> rows(SluiceServer client, ObjectNode result, String view) {
        return files(result, view).stream()
                .flatMap(url -> read(client, url).lines())
                .toList();
    }

    static List<String> files(ObjectNode result, String view) {
        return result.path("parameter")
                .valueStream()
                .filter(parameter -> parameter.path("name").asString("").equals("output"))
                .filter(parameter -> parameter
                        .path("part")
                        .path(0)
                        .path("valueString")
                        .asString("")
                        .equals(view))
                .flatMap(parameter -> locations(parameter).stream())
                .toList();
    }

    static List<String> parts(ObjectNode result, String name) {
        return result.path("parameter")
                .valueStream()
                .filter(parameter -> parameter.path("name").asString("").equals(name))
                .flatMap(parameter -> locations(parameter).stream())
                .toList();
    }

    private static List<String> locations(JsonNode parameter) {
        return parameter
                .path("part")
                .valueStream()
                .filter(part -> part.has("valueUri"))
                .map(part -> part.path("valueUri").stringValue())
                .toList();
    }

    static String read(SluiceServer client, String url) {
        HttpResponse<String> file = client.get(url);
        assertThat(file.statusCode()).as(file.body()).isEqualTo(200);
        return file.body();
    }
}
