package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.TestDatabase;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Filters that ask for more than a process can hold are refused at once; those just below the limits do it no harm. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class FilterLimitsTest {
    private static final Path CASES = Path.of("..", "shared", "cases");
    private static final int PATIENTS = 2_000;
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String database = TestDatabase.freshUrl();
    private SluiceProcess server;

    @BeforeAll
    void load(@TempDir Path home) throws Exception {
        server = SluiceProcess.start(
                home.resolve("log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--sluice.home=" + home,
                "--spring.datasource.url=" + database);
        String data = IntStream.range(0, PATIENTS)
                .mapToObj(n -> "{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\"}\n"
                        + "{\"resourceType\":\"Observation\",\"id\":\"o" + n
                        + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p" + n
                        + "\"}}\n")
                .collect(Collectors.joining());
        assertThat(post("/$import", "application/fhir+ndjson", data).statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
        TestDatabase.drop(database);
    }

    /** Each value is read for each of the 148 types that a Provenance may be about. */
    @Test
    void valuesForManyTypesAreRefused() throws Exception {
        assertThat(refusal("Provenance", "Provenance?target._id=" + "a,".repeat(19_000) + "a"))
                .contains("_typeFilter has more than 20000 values for all types together");
    }

    @Test
    void moreValuesThanTheLimitAreRefused() throws Exception {
        assertThat(refusal("Observation", "Observation?subject:Patient._id=" + list("v", 110_000)))
                .contains("_typeFilter has more than 20000 values");
        assertThat(refusal("Observation", "Observation?code=" + "a,Observation?code=".repeat(2_000) + "a"))
                .contains("_typeFilter has more than 2000 clauses");
    }

    @Test
    void requestsThatFilledTheMemoryAreRefused() throws Exception {
        for (String name : List.of("filter-explosion-360KB.json.gz", "chain-cache-769KB.json.gz")) {
            Path file = CASES.resolve(name);
            assumeTrue(Files.exists(file), file + " is not there");
            try (InputStream body = new GZIPInputStream(Files.newInputStream(file))) {
                HttpResponse<String> answer =
                        post("/$export", "application/fhir+json", new String(body.readAllBytes(), UTF_8));

                assertThat(answer.statusCode()).as(name).isEqualTo(400);
                assertThat(answer.body()).contains("_typeFilter has more than 20000 values");
                assertThat(server.isReady()).isTrue();
            }
        }
    }

    /** The answers to a chain are kept without its text. */
    @Test
    void aLongChainOverManyRowsEnds() throws Exception {
        HttpResponse<String> kickOff = kickOff("Observation", "Observation?subject:Patient._id=" + list("p", 20_000));

        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        URI status = URI.create(kickOff.headers().firstValue("Content-Location").orElseThrow());
        HttpRequest poll = HttpRequest.newBuilder(status).build();
        await().atMost(Duration.ofMinutes(2))
                .until(() -> http.send(poll, BodyHandlers.ofString()).statusCode() != 202);
        assertThat(http.send(poll, BodyHandlers.ofString()).body()).contains("\"count\":" + PATIENTS);
        assertThat(server.isReady()).isTrue();
    }

    @Test
    void thousandsOfFaultsAreNotAllTold() throws Exception {
        assertThat(refusal("Patient", "Patient?_id=" + "a/b,".repeat(15_000) + "a"))
                .contains("more faults than these 99")
                .hasSizeLessThan(200_000);
    }

    private static String list(String prefix, int size) {
        return IntStream.range(0, size).mapToObj(n -> prefix + n).collect(Collectors.joining(","));
    }

    private String refusal(String type, String filter) throws Exception {
        HttpResponse<String> answer = kickOff(type, filter);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(server.isReady()).isTrue();
        return answer.body();
    }

    private HttpResponse<String> kickOff(String type, String filter) throws Exception {
        return post(
                "/$export",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"" + type
                        + "\"},{\"name\":\"_typeFilter\",\"valueString\":\"" + filter + "\"}]}");
    }

    private HttpResponse<String> post(String path, String type, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.base() + path))
                .timeout(AT_ONCE)
                .header("Content-Type", type)
                .header("Accept", "application/fhir+json")
                .header("Prefer", "respond-async")
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
