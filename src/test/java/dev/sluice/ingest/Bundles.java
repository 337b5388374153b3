package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Bundles as text, entry by entry, and what the server answers to them. */
final class Bundles {
    private Bundles() {}

    static String create(String fullUrl, String resource, String type) {
        return "{\"fullUrl\":\"" + fullUrl + "\",\"resource\":" + resource
                + ",\"request\":{\"method\":\"POST\",\"url\":\"" + type + "\"}}";
    }

    static String put(String url, String resource) {
        return "{\"resource\":" + resource + ",\"request\":{\"method\":\"PUT\",\"url\":\"" + url + "\"}}";
    }

    static String delete(String url) {
        return "{\"request\":{\"method\":\"DELETE\",\"url\":\"" + url + "\"}}";
    }

    static String get(String url) {
        return "{\"request\":{\"method\":\"GET\",\"url\":\"" + url + "\"}}";
    }

    static String transaction(String... entries) {
        return bundle("transaction", entries);
    }

    static String batch(String... entries) {
        return bundle("batch", entries);
    }

    private static String bundle(String type, String... entries) {
        return "{\"resourceType\":\"Bundle\",\"type\":\"" + type + "\",\"entry\":[" + String.join(",", List.of(entries))
                + "]}";
    }

    static HttpResponse<String> post(SluiceServer server, String bundle) {
        return server.post("", "application/fhir+json", bundle);
    }

    static JsonNode done(SluiceServer server, String bundle) {
        HttpResponse<String> response = post(server, bundle);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.MAPPER.readTree(response.body());
    }

    /** Type and id of what the nth entry was about. */
    static String id(JsonNode response, int entry) {
        return response.path("entry")
                .path(entry)
                .path("response")
                .path("location")
                .asString()
                .replaceAll("/_history/.*", "");
    }
}
