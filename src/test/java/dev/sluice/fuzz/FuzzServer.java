package dev.sluice.fuzz;

import static org.awaitility.Awaitility.await;

import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A server in this process that inputs are sent to. Each answer is below 500, or is 503, and comes within {@link
 * Door#PATIENCE}. For one thread.
 */
final class FuzzServer implements AutoCloseable {
    private static final String NDJSON = "application/fhir+ndjson";

    /** After so many inputs the jobs are deleted, and the data that they may have changed comes again. */
    private static final int KEPT = 2_000;

    private static final String DATA = """
            {"resourceType":"Patient","id":"p","gender":"female","birthDate":"1970-02-03","active":true,"identifier":[{"system":"urn:x","value":"1"}],"name":[{"family":"Eve","given":["A"]}],"generalPractitioner":[{"reference":"Practitioner/d"}]}
            {"resourceType":"Practitioner","id":"d","name":[{"text":"D"}]}
            {"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2024-01-01T00:00:00Z","valueQuantity":{"value":5.4,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}
            {"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p"}}]}
            {"resourceType":"Provenance","id":"v","target":[{"reference":"Patient/p"}],"recorded":"2024-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
            {"resourceType":"ValueSet","id":"s","status":"active","url":"http://example.org/s","version":"1"}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SluiceServer server;
    private final Map<String, Long> counts = new TreeMap<>();
    private long tried;
    private long heapBefore;

    FuzzServer(String... options) {
        // Without steps nothing runs when an answer is there, so what is found belongs to the input.
        this.server = SluiceServer.start(
                Stream.concat(Stream.of("--sluice.role=api", "--logging.level.root=error"), Stream.of(options))
                        .toArray(String[]::new));
        fill();
    }

    /** Sends an input; throws if the answer breaks the rule. */
    void send(Door door, byte[] data) throws IOException, InterruptedException {
        tried++;
        HttpRequest request = door.request(server.base(), data)
                .header("Accept", "application/fhir+json")
                .build();
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (HttpTimeoutException e) {
            counts.merge("hangs", 1L, Long::sum);
            throw new AssertionError(door + " hangs", e);
        }
        boolean broken = answer.statusCode() >= 500 && answer.statusCode() != 503;
        counts.merge(answer.statusCode() / 100 + "xx", 1L, Long::sum);
        if (broken) {
            counts.merge("broken", 1L, Long::sum);
            throw new AssertionError(door + " is answered with " + answer.statusCode() + ": " + answer.body());
        }
        if (tried == KEPT) {
            heapBefore = heap();
        }
        if (tried % KEPT == 0) {
            fill();
        }
    }

    /** One line for the table of results. */
    String summary() {
        return "inputs " + tried + ", 5xx " + counts.getOrDefault("broken", 0L) + ", hangs "
                + counts.getOrDefault("hangs", 0L) + ", answers " + counts + ", heap " + heapBefore / (1 << 20) + " to "
                + heap() / (1 << 20) + " MB";
    }

    /** By how much the heap has grown since the first inputs, in bytes. */
    long growth() {
        return heapBefore == 0 ? 0 : heap() - heapBefore;
    }

    private void fill() {
        server.bean(JdbcTemplate.class).execute("truncate job cascade");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> server.post("/$import", NDJSON, DATA).statusCode() == 200);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Override
    public void close() {
        server.close();
    }
}
