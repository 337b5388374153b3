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

@IntegrationTest
class ResourceControllerTest {
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
    void createGivesAnIdAndSaysWhereTheResourceIs() {
        HttpResponse<String> created =
                server.post("/Patient", FHIR, "{\"resourceType\":\"Patient\",\"id\":\"mine\",\"active\":true}");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(header(created, "ETag")).isEqualTo("W/\"1\"");
        assertThat(header(created, "Content-Type")).isEqualTo(FHIR);
        assertThat(header(created, "Last-Modified")).endsWith("GMT");
        assertThat(header(created, "Location"))
                .matches(server.base() + "/Patient/[0-9a-f-]{36}/_history/1")
                .doesNotContain("mine");
        assertThat(created.body())
                .matches("\\{\"resourceType\":\"Patient\",\"id\":\"[0-9a-f-]{36}\",\"meta\":\\{\"versionId\":\"1\","
                        + "\"lastUpdated\":\"[0-9T:.-]+Z\"},\"active\":true}");
        assertThat(server.get(header(created, "Location")).body()).isEqualTo(created.body());
    }

    @Test
    void aResourceComesBackAsItWent() {
        String sent =
                "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"text\":\"caf\\u00e9 \\/ \uD83D\uDE00\u2028\"},"
                        + "\"valueQuantity\":{\"value\":1.00,\"unit\":\"a  b\"},\"component\":[{\"code\":{\"text\":\"c\"},"
                        + "\"valueQuantity\":{\"value\":1E-22}}]}";

        server.put("/Observation/o", FHIR, " " + sent.replace(",", " ,\n\t"));

        assertThat(server.get("/Observation/o").body().replaceAll("\"meta\":\\{[^}]*},", ""))
                .isEqualTo(sent);
    }

    @Test
    void updateCreatesAndChangesAndLeavesTheSameAlone() {
        HttpResponse<String> first = put("/Patient/u", "{\"resourceType\":\"Patient\",\"active\":true}");
        HttpResponse<String> same =
                put("/Patient/u", "{ \"resourceType\":\"Patient\", \"id\":\"u\", \"active\":true }");
        HttpResponse<String> other = put("/Patient/u", "{\"resourceType\":\"Patient\",\"id\":\"u\",\"active\":false}");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(header(first, "ETag")).isEqualTo("W/\"1\"");
        assertThat(same.statusCode()).isEqualTo(200);
        assertThat(header(same, "ETag")).isEqualTo("W/\"1\"");
        assertThat(same.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(header(other, "ETag")).isEqualTo("W/\"2\"");
        assertThat(server.get("/Patient/u/_history/1").body()).isEqualTo(first.body());
        assertThat(server.get("/Patient/u/_history/2").body()).isEqualTo(other.body());
        assertThat(server.get("/Patient/u/_history/3").statusCode()).isEqualTo(404);
        assertThat(server.get("/Patient/u/_history/x").statusCode()).isEqualTo(404);
    }

    @Test
    void whatWasReadCanBeWrittenBackWithoutANewVersion() {
        put("/Patient/back", "{\"resourceType\":\"Patient\",\"id\":\"back\",\"meta\":{\"source\":\"x\"}}");

        HttpResponse<String> again =
                put("/Patient/back", server.get("/Patient/back").body());

        assertThat(header(again, "ETag")).isEqualTo("W/\"1\"");
    }

    @Test
    void ifMatchGuardsAgainstLostUpdates() {
        put("/Patient/m", "{\"resourceType\":\"Patient\",\"active\":true}");
        put("/Patient/m", "{\"resourceType\":\"Patient\",\"active\":false}");

        HttpResponse<String> late = server.put(
                "/Patient/m", FHIR, "{\"resourceType\":\"Patient\",\"gender\":\"male\"}", "If-Match", "W/\"1\"");
        HttpResponse<String> inTime = server.put(
                "/Patient/m", FHIR, "{\"resourceType\":\"Patient\",\"gender\":\"male\"}", "If-Match", "W/\"2\"");

        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(late.body()).contains("OperationOutcome").contains("version 2 is current");
        assertThat(inTime.statusCode()).isEqualTo(200);
        assertThat(header(inTime, "ETag")).isEqualTo("W/\"3\"");
        assertThat(server.put("/Patient/m", FHIR, "{\"resourceType\":\"Patient\"}", "If-Match", "three")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.delete("/Patient/m", "If-Match", "W/\"2\"").statusCode())
                .isEqualTo(412);
        assertThat(server.delete("/Patient/m", "If-Match", "W/\"3\"").statusCode())
                .isEqualTo(204);
    }

    @Test
    void aDeletedResourceIsGoneUntilItIsWrittenAgain() {
        put("/Patient/d", "{\"resourceType\":\"Patient\"}");

        assertThat(server.delete("/Patient/d").statusCode()).isEqualTo(204);
        assertThat(server.delete("/Patient/d").statusCode()).isEqualTo(204);
        assertThat(server.delete("/Patient/never-there").statusCode()).isEqualTo(204);
        assertThat(server.get("/Patient/d").statusCode()).isEqualTo(410);
        assertThat(server.get("/Patient/d").body()).contains("OperationOutcome").contains("was deleted");
        assertThat(server.get("/Patient/d/_history/1").statusCode()).isEqualTo(200);
        assertThat(server.get("/Patient/d/_history/2").statusCode()).isEqualTo(410);
        assertThat(put("/Patient/d", "{\"resourceType\":\"Patient\"}").statusCode())
                .isEqualTo(201);
        assertThat(header(server.get("/Patient/d"), "ETag")).isEqualTo("W/\"3\"");
    }

    @Test
    void aReadThatKnowsTheVersionGetsNoBody() {
        put("/Patient/c", "{\"resourceType\":\"Patient\"}");

        HttpResponse<String> known = server.get("/Patient/c", "If-None-Match", "W/\"1\"");

        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(server.get("/Patient/c", "If-None-Match", "W/\"2\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void theClientSaysHowMuchItWantsBack() {
        HttpResponse<String> minimal = server.put(
                "/Patient/pref", FHIR, "{\"resourceType\":\"Patient\"}", "Prefer", "respond-sync, return=minimal");
        HttpResponse<String> all =
                server.put("/Patient/pref", FHIR, "{\"resourceType\":\"Patient\"}", "Prefer", "return=representation");

        assertThat(minimal.statusCode()).isEqualTo(201);
        assertThat(minimal.body()).isEmpty();
        assertThat(header(minimal, "ETag")).isEqualTo("W/\"1\"");
        assertThat(all.body()).contains("\"Patient\"");
    }

    @Test
    void aConditionalCreateCreatesOnce() {
        String system = "urn:example:" + UUID.randomUUID();
        String body = "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":\"" + system
                + "\",\"value\":\"7|8\"},{\"value\":\"bare\"}],\"name\":\"%s\"}";
        String condition = "identifier=" + system + "%7C";

        HttpResponse<String> none = server.post(
                "/Organization", FHIR, body.formatted("a").replace("7|8", "7"), "If-None-Exist", condition + "7");
        HttpResponse<String> one =
                server.post("/Organization", FHIR, body.formatted("b"), "If-None-Exist", condition + "7");
        HttpResponse<String> otherValue =
                server.post("/Organization", FHIR, body.formatted("c"), "If-None-Exist", condition + "9");
        HttpResponse<String> several =
                server.post("/Organization", FHIR, body.formatted("d"), "If-None-Exist", "identifier=|bare");

        assertThat(none.statusCode()).isEqualTo(201);
        assertThat(one.statusCode()).isEqualTo(200);
        assertThat(one.body()).isEqualTo(none.body());
        assertThat(header(one, "Location")).isEqualTo(header(none, "Location"));
        assertThat(otherValue.statusCode()).isEqualTo(201);
        assertThat(several.statusCode()).isEqualTo(412);
        assertThat(several.body()).contains("matches 2 resources");
        assertThat(server.post("/Organization", FHIR, body.formatted("e"), "If-None-Exist", "name=a")
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "{\"resourceType\":\"Patient\",\"colour\":\"red\"};colour",
                "{\"resourceType\":\"Patient\",\"birthDate\":\"yesterday\"};yesterday",
                "{\"resourceType\":\"Patient\",\"active\":\"yes\"};active",
                "{\"resourceType\":\"Patient\",\"name\":{\"text\":\"no array\"}};name",
                "{\"resourceType\":\"Patient\",\"gender\":\"m\"};must be one of male",
                "{\"resourceType\":\"Observation\"};the URL says Patient",
                "{\"resourceType\":\"Patient\",\"id\":\"other\"};the URL says 'v'",
                "{\"resourceType\":\"Patient\";not valid JSON",
            })
    void aResourceThatIsNotR4IsRefusedByName(String body, String reason) {
        HttpResponse<String> refused = put("/Patient/v", body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(header(refused, "Content-Type")).isEqualTo(FHIR);
        assertThat(refused.body())
                .contains("\"resourceType\":\"OperationOutcome\"")
                .contains(reason);
        assertThat(server.get("/Patient/v").statusCode()).isEqualTo(404);
    }

    @Test
    void anUnknownTypeIsAPathThatLeadsNowhere() {
        assertThat(server.get("/patient/1").statusCode()).isEqualTo(404);
        assertThat(server.get("/patient/1").body()).contains("did you mean 'Patient'");
        assertThat(server.post("/Patients", FHIR, "{}").statusCode()).isEqualTo(404);
        assertThat(server.get("/Patient/$everything").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> put(String path, String body) {
        return server.put(path, FHIR, body);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
