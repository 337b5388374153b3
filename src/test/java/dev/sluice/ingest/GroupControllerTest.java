package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@IntegrationTest
class GroupControllerTest {
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
        group("g-1", "Diabetes 2026", "1");
        group("g-2", "diabetes, all", "2");
        group("g-3", "Asthma", "3");
        group("g-3", "Asthma, corrected", "3");
        group("g-gone", "Diabetes, old", "4");
        server.delete("/Group/g-gone");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void allGroupsAreFoundAsTheyAreNow() {
        JsonNode bundle = search("");

        assertThat(bundle.path("type").asString()).isEqualTo("searchset");
        assertThat(bundle.path("total").asInt()).isEqualTo(3);
        assertThat(bundle.path("link").path(0).path("url").asString()).isEqualTo(server.base() + "/Group");
        assertThat(bundle.path("entry").valueStream().map(e -> e.path("fullUrl").asString()))
                .containsExactly(
                        server.base() + "/Group/g-1", server.base() + "/Group/g-2", server.base() + "/Group/g-3");
        assertThat(server.get("/Group").body())
                .contains("\"resource\":" + server.get("/Group/g-3").body() + ",\"search\"");
    }

    @Test
    void groupsAreFoundByIdIdentifierAndName() {
        assertThat(found("?_id=g-2")).containsExactly("g-2");
        assertThat(found("?_id=g-3,g-1")).containsExactly("g-1", "g-3");
        assertThat(found("?identifier=urn:groups%7C2")).containsExactly("g-2");
        assertThat(found("?identifier=3")).containsExactly("g-3");
        assertThat(found("?identifier=urn:others%7C3")).isEmpty();
        assertThat(found("?name=DIABETES")).containsExactly("g-1", "g-2");
        assertThat(found("?name=diabetes&identifier=1")).containsExactly("g-1");
        assertThat(search("?name=none").has("entry")).isFalse();
    }

    @Test
    void otherParametersAndOtherTypesAreRefused() {
        assertThat(server.get("/Group?member=Patient/1").statusCode()).isEqualTo(400);
        assertThat(server.get("/Group?member=Patient/1").body()).contains("'member' is not supported");
        assertThat(server.get("/Patient").statusCode()).isEqualTo(405);
    }

    private static void group(String id, String name, String value) {
        HttpResponse<String> response = server.put(
                "/Group/" + id,
                "application/fhir+json",
                "{\"resourceType\":\"Group\",\"type\":\"person\",\"actual\":true,\"name\":\"" + name
                        + "\",\"identifier\":[{\"system\":\"urn:groups\",\"value\":\"" + value + "\"}]}");
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    }

    private static java.util.List<String> found(String query) {
        return search(query)
                .path("entry")
                .valueStream()
                .map(entry -> entry.path("resource").path("id").asString())
                .toList();
    }

    private static JsonNode search(String query) {
        HttpResponse<String> response = server.get("/Group" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/fhir+json"));
        return FhirJson.MAPPER.readTree(response.body());
    }
}
