package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The owner of feeds, as far as tests need one. */
final class FeedClient {
    private final SluiceServer server;

    FeedClient(SluiceServer server) {
        this.server = server;
    }

    /** Defines a feed that runs each night; {@code more} has more properties. */
    void define(String name, String export, String more) {
        HttpResponse<String> response = server.put(
                "/_feeds/" + name,
                "application/json",
                "{\"export\":\"" + export + "\",\"cron\":\"0 0 2 * * *\"" + (more.isEmpty() ? "" : "," + more) + "}");
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    }

    /** Starts a run at a server, and returns its job. */
    String start(String base, String name) {
        HttpResponse<String> response = server.post(base + "/_feeds/" + name + "/$run", "application/json", "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return response.headers().firstValue("Content-Location").orElseThrow().replaceFirst(".*/", "");
    }

    /** Runs a feed, and returns the job when it is a link. */
    String link(String name) {
        String job = start("", name);
        awaitEnd(name, job);
        assertThat(feed(name).path("problem").isNull())
                .as(feed(name).toString())
                .isTrue();
        return job;
    }

    /** Waits for the end of the run with this job; a new snapshot may still be made. */
    void awaitEnd(String name, String job) {
        await().until(() -> runs(name).stream()
                .noneMatch(run -> isRunning(run) && run.path("job").asString().equals(job)));
    }

    void awaitAll(String name) {
        await().until(() -> runs(name).stream().noneMatch(FeedClient::isRunning));
    }

    private static boolean isRunning(JsonNode run) {
        return run.path("status").asString().equals("running");
    }

    ObjectNode feed(String name) {
        return json(server.get("/_feeds/" + name));
    }

    List<JsonNode> runs(String name) {
        return List.copyOf(
                json(server.get("/_feeds/" + name + "/runs")).path("runs").values());
    }

    static ObjectNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
