package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A client of the Bulk Data IG, as far as tests need one: kick off, wait, download, check what the manifest says. */
public final class ExportClient {
    private static final long LONGEST_MILLIS = 120_000;

    private final SluiceServer server;

    public ExportClient(SluiceServer server) {
        this.server = server;
    }

    /** An export that is complete: its manifest and its lines, by type; lines that stand in blocks are not among them. */
    public record Export(String job, ObjectNode manifest, Map<String, List<String>> lines) {
        /** The lines of all types. */
        public List<String> all() {
            return lines.values().stream().flatMap(List::stream).toList();
        }

        /** {@code Type/id} of every line. */
        public List<String> keys() {
            return all().stream().map(ExportClient::key).sorted().toList();
        }

        public List<String> types() {
            return List.copyOf(lines.keySet());
        }

        public String transactionTime() {
            return manifest.path("transactionTime").asString();
        }
    }

    /** Kicks off with the headers that are required. */
    public HttpResponse<String> kickOff(String path) {
        return server.get(path, "Accept", "application/fhir+json", "Prefer", "respond-async");
    }

    /** A whole export; fails the test if any step does not go as the IG has it. */
    public Export export(String path) {
        return await(kickOff(path));
    }

    /** Waits for the export that a kick-off started, and downloads it. */
    public Export await(HttpResponse<String> kickOff) {
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        return download(awaitEnd(job));
    }

    /** The manifest of a whole export, without a look at its files. */
    public ObjectNode manifest(String path) {
        HttpResponse<String> kickOff = kickOff(path);
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        HttpResponse<String> end =
                awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
        return FhirJson.parseObject(end.body().getBytes(StandardCharsets.UTF_8));
    }

    /** Downloads what a manifest lists. */
    public Export download(HttpResponse<String> status) {
        assertThat(status.statusCode()).as(status.body()).isEqualTo(200);
        ObjectNode manifest = FhirJson.parseObject(status.body().getBytes(StandardCharsets.UTF_8));
        boolean blocks = manifest.has("outputOrganizedBy");
        return new Export(status.uri().toString(), manifest, blocks ? Map.of() : lines(manifest.path("output")));
    }

    /** The first answer of the status endpoint that is not 202, or the last one of an export that makes no progress. */
    public HttpResponse<String> awaitEnd(String job) {
        long begin = System.nanoTime();
        Optional<String> progress = Optional.empty();
        HttpResponse<String> status = server.get(job);
        while (status.statusCode() == 202 && System.nanoTime() - begin < LONGEST_MILLIS * 1_000_000) {
            Optional<String> now = status.headers().firstValue("X-Progress").map(text -> text.replaceAll(",.*", ""));
            begin = now.equals(progress) ? begin : System.nanoTime();
            progress = now;
            assertThat(Integer.parseInt(
                            status.headers().firstValue("Retry-After").orElseThrow()))
                    .isPositive();
            assertThat(status.headers().firstValue("X-Progress").orElseThrow()).hasSizeLessThan(100);
            sleep(20);
            status = server.get(job);
        }
        return status;
    }

    /** The diagnostics of an OperationOutcome that came with this status. */
    public static List<String> outcome(int status, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/fhir+json");
        ObjectNode outcome = FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
        assertThat(outcome.path("resourceType").asString()).isEqualTo("OperationOutcome");
        List<String> diagnostics = new ArrayList<>();
        for (JsonNode issue : outcome.path("issue")) {
            diagnostics.add(issue.path("diagnostics").asString());
        }
        return diagnostics;
    }

    private Map<String, List<String>> lines(JsonNode output) {
        Map<String, List<String>> lines = new TreeMap<>();
        Set<String> keys = new HashSet<>();
        for (JsonNode file : output) {
            HttpResponse<String> body = server.get(file.path("url").asString());
            assertThat(body.statusCode()).as(body.body()).isEqualTo(200);
            assertThat(body.body()).endsWith("\n");
            List<String> ofFile =
                    List.of(body.body().substring(0, body.body().length() - 1).split("\n", -1));
            assertThat(ofFile).hasSize(file.path("count").asInt());
            assertThat(body.body().getBytes(StandardCharsets.UTF_8))
                    .hasSize(file.path("extension").path("bytes").asInt());
            for (String line : ofFile) {
                assertThat(key(line)).startsWith(file.path("type").asString() + "/");
                assertThat(keys.add(key(line))).as("twice: " + key(line)).isTrue();
            }
            lines.computeIfAbsent(file.path("type").asString(), type -> new ArrayList<>())
                    .addAll(ofFile);
        }
        return lines;
    }

    /** {@code Type/id} of a line. */
    public static String key(String line) {
        ObjectNode resource = FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8));
        return resource.path("resourceType").asString() + "/"
                + resource.path("id").asString();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
