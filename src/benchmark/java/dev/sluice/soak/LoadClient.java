package dev.sluice.soak;

import dev.sluice.RawHttp;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** One kind of client. Each of its answers is counted; an answer that this kind must not get is a fault. */
final class LoadClient {
    static final String JSON = "application/fhir+json";
    static final String NDJSON = "application/fhir+ndjson";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int BUSY = 503;

    /** Of a block of organized output. */
    private static final String HEADER = "{\"resourceType\":\"Parameters\"";

    private static final int TRIES = 240;

    private final URI base;
    private final String name;
    private final Tally tally;

    LoadClient(URI base, String name, Tally tally) {
        this.base = base;
        this.name = name;
        this.tally = tally;
    }

    /**
     * An export that is complete.
     *
     * @param output the lines of all files
     * @param deleted the lines of the lists of deletions
     */
    record Export(String job, String transactionTime, List<String> output, List<String> deleted) {}

    /** The URL of a path outside of the FHIR base. */
    String outside(String path) {
        return base.resolve(path).toString();
    }

    String name() {
        return name;
    }

    Tally tally() {
        return tally;
    }

    HttpRequest.Builder request(String method, String path, String... headers) {
        return request(method, path, new byte[0], headers);
    }

    HttpRequest.Builder request(String method, String path, byte[] body, String... headers) {
        URI uri = URI.create(path.startsWith("http") ? path : base + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LONGEST);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (body.length > 1 && body[0] == 0x1f) {
            request.header("Content-Encoding", "gzip");
        }
        return request.method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    }

    /** Sends a request once. The server may always answer that it is busy. */
    HttpResponse<String> send(HttpRequest.Builder request, Integer... expected)
            throws IOException, InterruptedException {
        HttpRequest built = request.build();
        HttpResponse<String> answer;
        try {
            answer = HTTP.send(built, BodyHandlers.ofString());
        } catch (HttpTimeoutException e) {
            tally.fault(name, built.method() + " " + shortened(built.uri().toString()) + " hangs");
            throw e;
        }
        tally.answer(name, Integer.toString(answer.statusCode()));
        if (answer.statusCode() != BUSY && !Set.of(expected).contains(answer.statusCode())) {
            tally.fault(
                    name,
                    built.method() + " " + shortened(built.uri().toString()) + " is answered with "
                            + answer.statusCode() + ": " + shortened(answer.body()));
        }
        return answer;
    }

    /** Sends a request again while the server is busy. */
    HttpResponse<String> sendUntilTaken(HttpRequest.Builder request, Integer... expected)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request, expected);
        for (int tries = 1; answer.statusCode() == BUSY && tries < TRIES; tries++) {
            Thread.sleep(500);
            answer = send(request, expected);
        }
        if (answer.statusCode() == BUSY) {
            tally.fault(name, "the server is busy for minutes");
        }
        return answer;
    }

    /** Sends a request of an attacker many times at once. The server may refuse it, and may end the connection. */
    void attack(int times, HttpRequest.Builder request, Integer... expected) throws InterruptedException {
        HttpRequest built = request.build();
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, times)
                .mapToObj(n -> HTTP.sendAsync(built, BodyHandlers.ofString()))
                .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            try {
                HttpResponse<String> received = answer.get();
                record(received.statusCode(), built.uri() + ": " + received.body(), expected);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof HttpTimeoutException) {
                    tally.fault(name, shortened(built.uri().toString()) + " hangs");
                }
                tally.answer(name, "cut off");
            }
        }
    }

    /** Sends the bytes of an attacker. */
    void attack(String request) {
        try {
            RawHttp.Answer answer = RawHttp.send(base, request);
            record(answer.status(), request + ": " + answer.body());
        } catch (UncheckedIOException e) {
            tally.answer(name, "cut off");
        }
    }

    private void record(int status, String what, Integer... expected) {
        tally.answer(name, Integer.toString(status));
        boolean refused = (status >= 400 && status < 500) || status == BUSY;
        if (!refused && !Set.of(expected).contains(status)) {
            tally.fault(name, "answered with " + status + ": " + shortened(what));
        }
    }

    /** Starts an export; none if there are too many jobs, or if the server is busy. */
    Optional<String> kickOff(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("GET", path, "Accept", JSON, "Prefer", "respond-async"), 202, 429);
        return answer.statusCode() == 202 ? answer.headers().firstValue("Content-Location") : Optional.empty();
    }

    /** The first answer of the status of a job that is not 202. */
    HttpResponse<String> awaitEnd(String job) throws IOException, InterruptedException {
        HttpResponse<String> status = sendUntilTaken(request("GET", job), 200, 202);
        while (status.statusCode() == 202) {
            Thread.sleep(250);
            status = sendUntilTaken(request("GET", job), 200, 202);
        }
        return status;
    }

    /** A whole export with its files. */
    Optional<Export> export(String path) throws IOException, InterruptedException {
        Optional<String> job = kickOff(path);
        if (job.isEmpty()) {
            return Optional.empty();
        }
        JsonNode manifest = FhirJson.MAPPER.readTree(awaitEnd(job.get()).body());
        return Optional.of(new Export(
                job.get(),
                manifest.path("transactionTime").asString(),
                lines(manifest.path("output")),
                lines(manifest.path("deleted"))));
    }

    /** Releases a job. */
    void delete(String job) throws IOException, InterruptedException {
        sendUntilTaken(request("DELETE", job), 202, 404); // 404 if its retention has ended
    }

    /** The resources in these files of a manifest. */
    private List<String> lines(JsonNode files) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (JsonNode file : files) {
            HttpResponse<String> answer =
                    sendUntilTaken(request("GET", file.path("url").asString()), 200);
            List<String> resources = answer.body()
                    .lines()
                    .filter(line -> !line.startsWith(HEADER))
                    .toList();
            if (resources.size() != file.path("count").asLong()) {
                tally.fault(name, file + " has " + resources.size() + " resources");
            }
            lines.addAll(resources);
        }
        return lines;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
