package dev.sluice.benchmark;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sluice as its users meet it: kick-off and manifest, import, single resources. Safe for use by any number of threads. */
final class Client {
    /** Nothing that is measured takes longer, by far. */
    private static final Duration LONGEST = Duration.ofHours(2);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;

    Client(URI base) {
        this.base = base;
    }

    /** An export whose manifest is there. */
    record Export(String job, String transactionTime, long resources, long bytes) {
        String id() {
            return job.substring(job.lastIndexOf('/') + 1);
        }
    }

    /** From kick-off to manifest. */
    Export export(String path) {
        HttpRequest.Builder kickOff = request(base + path)
                .header("Accept", "application/fhir+json")
                .header("Prefer", "respond-async")
                .GET();
        String job = location(send(kickOff));
        ObjectNode manifest = awaitEnd(job);
        long resources = 0;
        long bytes = 0;
        for (JsonNode file : manifest.path("output")) {
            resources += file.path("count").asLong(0);
            bytes += file.path("extension").path("bytes").asLong(0);
        }
        return new Export(job, manifest.path("transactionTime").asString(), resources, bytes);
    }

    /** From kick-off to the result of an export of views. */
    void exportViews(String parameters) {
        String job = location(send(request(base + "/$viewdefinition-export")
                .header("Content-Type", "application/fhir+json")
                .header("Accept", "application/fhir+json")
                .header("Prefer", "respond-async")
                .POST(BodyPublishers.ofString(parameters))));
        HttpResponse<String> end = awaitAnswer(job);
        require(303, end);
        require(
                200,
                send(request(end.headers().firstValue("Location").orElseThrow()).GET()));
    }

    /** The manifest of an export that is complete. */
    ObjectNode manifest(Export export) {
        HttpResponse<String> status = send(request(export.job).GET());
        require(200, status);
        return json(status);
    }

    /** Releases an export; its files are erased soon after. */
    void release(Export export) {
        require(202, send(request(export.job).DELETE()));
    }

    /** Loads files, one after the other, each as the body of a request; returns the number of lines. */
    long load(List<Path> files) {
        long lines = 0;
        for (Path file : files) {
            try {
                lines += load(BodyPublishers.ofFile(file));
            } catch (IOException e) {
                throw new BenchmarkException("A file of the data is gone", e);
            }
        }
        return lines;
    }

    /** Loads NDJSON; each line has to be taken. */
    long load(BodyPublisher ndjson) {
        HttpResponse<String> answer = send(request(base + "/$import")
                .header("Content-Type", "application/fhir+ndjson")
                .POST(ndjson));
        require(200, answer);
        long lines = 0;
        for (JsonNode parameter : json(answer).path("parameter")) {
            long value = parameter.path("valueInteger").asLong(0);
            if (parameter.path("name").asString("").equals("failed") && value > 0) {
                throw new BenchmarkException("Lines of the data were refused: " + answer.body());
            }
            lines += parameter.path("name").asString("").equals("lines") ? value : 0;
        }
        return lines;
    }

    /** Loads files as one job, from its kick-off to its result; returns the number of lines. */
    long loadAsJob(List<Path> files) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        list.addObject().put("name", "inputFormat").put("valueString", "application/fhir+ndjson");
        list.addObject().put("name", "mode").put("valueString", "InitialLoad");
        for (Path file : files) {
            ArrayNode part = list.addObject().put("name", "input").putArray("part");
            part.addObject().put("name", "type").put("valueString", Dataset.type(file));
            part.addObject().put("name", "url").put("valueUri", file.toUri().toString());
        }
        String job = location(send(request(base + "/$import")
                .header("Content-Type", "application/fhir+json")
                .header("Prefer", "respond-async")
                .POST(BodyPublishers.ofString(parameters.toString()))));
        ObjectNode result = awaitEnd(job);
        if (!result.path("error").isEmpty()) {
            throw new BenchmarkException("Lines of the data were refused: " + result);
        }
        long lines = 0;
        for (JsonNode file : result.path("output")) {
            lines += file.path("count").asLong(0);
        }
        return lines;
    }

    /** Writes one resource. */
    void put(String path, String json) {
        HttpResponse<String> answer = send(request(base + path)
                .header("Content-Type", "application/fhir+json")
                .PUT(BodyPublishers.ofString(json)));
        if (answer.statusCode() != 200) {
            require(201, answer);
        }
    }

    /** A value as a part of a query. */
    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    /** Asks often at first, so that short jobs are seen to end, and at most every 50 ms. */
    private HttpResponse<String> awaitAnswer(String job) {
        long begun = System.nanoTime();
        HttpResponse<String> status = send(request(job).GET());
        while (status.statusCode() == 202) {
            long waited = (System.nanoTime() - begun) / 1_000_000;
            if (waited > LONGEST.toMillis()) {
                throw new BenchmarkException("Given up after " + LONGEST + ": " + job);
            }
            pause(Math.max(2, Math.min(50, waited / 50)));
            status = send(request(job).GET());
        }
        return status;
    }

    private ObjectNode awaitEnd(String job) {
        HttpResponse<String> status = awaitAnswer(job);
        require(200, status);
        return json(status);
    }

    private static HttpRequest.Builder request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).timeout(LONGEST);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BenchmarkException(request.build().uri() + " did not answer", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    private static String location(HttpResponse<String> kickOff) {
        require(202, kickOff);
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    private static void require(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new BenchmarkException(
                    answer.uri() + " was answered by " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static ObjectNode json(HttpResponse<String> answer) {
        return FhirJson.parseObject(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
