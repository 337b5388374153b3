package dev.sluice.ingest;

import static dev.sluice.HostileInputs.nested;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** JSON of a nesting that no resource has, at each way in. */
@IntegrationTest
class NestingTest {
    private static final String JSON = "application/fhir+json";

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.ingest.validation=none");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void nestingOf500IsTakenAndOf501IsNot() {
        assertThat(put(nested(500)).statusCode()).isEqualTo(201);
        assertThat(put(nested(501)).statusCode()).isEqualTo(400);
        assertThat(server.post("/Basic", JSON, nested(501)).statusCode()).isEqualTo(400);
        assertThat(server.post("/$import", "application/fhir+ndjson", nested(501) + "\n")
                        .statusCode())
                .isEqualTo(400);
        for (String type : new String[] {"batch", "transaction"}) {
            HttpResponse<String> answer = server.post(
                    "",
                    JSON,
                    "{\"resourceType\":\"Bundle\",\"type\":\"" + type
                            + "\",\"entry\":[{\"request\":{\"method\":\"PUT\","
                            + "\"url\":\"Basic/deep\"},\"resource\":" + nested(501) + "}]}");
            assertThat(answer.statusCode() == 400 || answer.body().contains("\"status\":\"400"))
                    .as(answer.body())
                    .isTrue();
        }
        String parameters = nested(501).replace("Basic", "Parameters");
        assertThat(server.post("/$export", JSON, parameters, "Prefer", "respond-async", "Accept", JSON)
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.post("/$import", JSON, parameters, "Prefer", "respond-async")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aPatchDoesNotNestDeeper() {
        assertThat(put(nested(400)).statusCode()).isIn(200, 201);
        String value = "[".repeat(400) + "]".repeat(400);
        HttpResponse<String> patched = server.send(
                "PATCH",
                "/Basic/deep",
                BodyPublishers.ofString(
                        "[{\"op\":\"replace\",\"path\":\"/x" + "/0".repeat(398) + "\",\"value\":" + value + "}]"),
                "Content-Type",
                "application/json-patch+json");
        assertThat(patched.statusCode()).as(patched.body()).isIn(400, 422);
    }

    /** An earlier build took it. */
    @Test
    void aStoredResourceOfNesting1000IsReadAndExported() {
        assertThat(server.put("/Device/deep", JSON, "{\"resourceType\":\"Device\",\"id\":\"deep\"}")
                        .statusCode())
                .isEqualTo(201);
        String deep = nested(1_000).replace("Basic", "Device");
        server.bean(JdbcTemplate.class).update("update resource set body = ? where type = 'Device'", deep);

        assertThat(server.get("/Device/deep").body()).isEqualTo(deep);
        assertThat(new ExportClient(server)
                        .manifest("/$export?_type=Device&_typeFilter=Device%3Fmanufacturer:missing=true")
                        .path("output")
                        .path(0)
                        .path("count")
                        .asInt())
                .isEqualTo(1);
    }

    private static HttpResponse<String> put(String resource) {
        return server.put("/Basic/deep", JSON, resource);
    }
}
