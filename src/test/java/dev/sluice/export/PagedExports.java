package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.HeldUnits;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Exports of a server with a ward and more, each file of which is a unit that runs when a test says so. */
final class PagedExports implements AutoCloseable {
    static final String PAGED = "?allowPartialManifests=true";

    final SluiceServer server = SluiceServer.start("--sluice.export.file-size=1KB");
    final ExportClient client = new ExportClient(server);
    final HeldUnits units;

    PagedExports() {
        Ward.load(server);
        Ward.load(
                server,
                IntStream.range(0, 40)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + "x".repeat(100) + "\"}}\n")
                        .collect(Collectors.joining()));
        units = HeldUnits.of(server);
    }

    @Override
    public void close() {
        server.close();
    }

    /** Kicks off, and returns the URL of the job. */
    String start(String path) {
        return job(client.kickOff(path));
    }

    static String job(HttpResponse<String> kickOff) {
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    Export whole(String path) {
        return client.download(end(start(path)));
    }

    /** Lets the rest run; gives the first answer after that. */
    HttpResponse<String> end(String job) {
        units.release(job);
        return client.awaitEnd(job);
    }

    /** The first page and all that it leads to. */
    List<ObjectNode> pages(HttpResponse<String> first) {
        List<ObjectNode> pages = new ArrayList<>();
        HttpResponse<String> answer = first;
        while (true) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            pages.add(json(answer));
            JsonNode link = pages.get(pages.size() - 1).path("link");
            if (link.isMissingNode()) {
                return pages;
            }
            assertThat(link).hasSize(1);
            answer = server.get(link.path(0).path("url").asString());
        }
    }

    /** What a list of the manifest says of each file, by its name. */
    static Map<String, String> files(List<ObjectNode> pages, String list) {
        Map<String, String> files = new TreeMap<>();
        for (ObjectNode page : pages) {
            for (JsonNode file : page.path(list)) {
                String name = file.path("url").asString().replaceFirst(".*/", "");
                assertThat(files.put(name, file.path("count") + " " + file.path("extension")))
                        .as("twice: " + name)
                        .isNull();
            }
        }
        return files;
    }

    static ObjectNode withoutFiles(ObjectNode page) {
        ObjectNode rest = page.deepCopy();
        rest.remove(List.of("output", "deleted", "link"));
        return rest;
    }

    static ObjectNode json(HttpResponse<String> answer) {
        return FhirJson.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
