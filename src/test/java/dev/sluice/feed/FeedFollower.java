package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client that follows a feed by the rules of the ballot and knows nothing of jobs: it reads the manifest, each page
 * once, and polls the last one.
 */
final class FeedFollower {
    private final BiFunction<String, String[], HttpResponse<String>> server;
    private final String root;
    private final Map<String, String> resources = new HashMap<>();
    private final Set<String> files = new HashSet<>();
    private @Nullable String page;
    private @Nullable String etag;
    private int pages;
    private int snapshots;

    /**
     * @param server sends a GET to a URL with headers
     * @param root the URL of {@code $bulk-publish}
     */
    FeedFollower(BiFunction<String, String[], HttpResponse<String>> server, String root) {
        this.server = server;
        this.root = root;
    }

    Collection<String> lines() {
        return resources.values();
    }

    /** How many pages it has read that had files. */
    int pages() {
        return pages;
    }

    /** How often it has begun with a snapshot. */
    int snapshots() {
        return snapshots;
    }

    /** Reads all that is published now. */
    void follow() {
        if (page == null) {
            begin();
        }
        for (String next = poll(); next != null; next = next(read(next), next)) {
            // Each page is applied when it is read.
        }
    }

    private void begin() {
        resources.clear();
        files.clear();
        snapshots++;
        ObjectNode manifest = read(root);
        page = link(manifest);
        assertThat(page).startsWith("http");
        etag = null;
    }

    /** The URL that the last page links to now; null if nothing new is there. */
    private @Nullable String poll() {
        HttpResponse<String> response =
                server.apply(page, etag == null ? new String[0] : new String[] {"If-None-Match", etag});
        if (response.statusCode() == 304) {
            return null;
        }
        assertThat(response.statusCode()).as(page + ": " + response.body()).isEqualTo(200);
        etag = response.headers().firstValue("ETag").orElseThrow();
        return next(
                FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8)), Objects.requireNonNull(page));
    }

    private @Nullable String next(ObjectNode manifest, String url) {
        String link = link(manifest);
        if (link.equals("#pending")) {
            if (!url.equals(page)) {
                page = url;
                etag = null;
            }
            return null;
        }
        if (link.equals("#closed")) {
            begin();
            return poll();
        }
        return link;
    }

    private static String link(ObjectNode manifest) {
        assertThat(manifest.path("link")).hasSize(1);
        assertThat(manifest.path("link").path(0).path("relation").asString()).isEqualTo("next");
        return manifest.path("link").path(0).path("url").asString();
    }

    private ObjectNode read(String url) {
        HttpResponse<String> response = server.apply(url, new String[0]);
        assertThat(response.statusCode()).as(url + ": " + response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        ObjectNode manifest = FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
        assertThat(manifest.has("request")).isFalse();
        assertThat(manifest.path("transactionTime").isString()).isTrue();
        Set<String> onPage = new HashSet<>();
        for (JsonNode file : manifest.path("output")) {
            for (String line : lines(file)) {
                String key = ExportClient.key(line);
                assertThat(onPage.add(key)).as("twice on one page: " + key).isTrue();
                assertThat(line).as("comes again unchanged").isNotEqualTo(resources.put(key, line));
            }
        }
        for (JsonNode file : manifest.path("deleted")) {
            for (String bundle : lines(file)) {
                for (JsonNode entry : FhirJson.MAPPER.readTree(bundle).path("entry")) {
                    resources.remove(entry.path("request").path("url").asString());
                }
            }
        }
        pages += manifest.has("output") ? 1 : 0;
        return manifest;
    }

    private List<String> lines(JsonNode file) {
        String url = file.path("url").asString();
        assertThat(files.add(url)).as("given twice: " + url).isTrue();
        HttpResponse<String> response = server.apply(url, new String[0]);
        assertThat(response.statusCode()).as(url + ": " + response.body()).isEqualTo(200);
        List<String> lines = new ArrayList<>(response.body().lines().toList());
        assertThat(lines).hasSize(file.path("count").asInt());
        assertThat(response.body().getBytes(StandardCharsets.UTF_8))
                .hasSize(file.path("fileSize").asInt());
        return lines;
    }
}
