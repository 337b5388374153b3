package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.HostileInputs;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Filters that cost much more than their text, many at a time, against a process with a heap of 256 MB. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class FilterAttackTest {
    private static final int MB = 1 << 20;
    private static final int AT_A_TIME = 16;
    private static final List<String> LEVELS = List.of("", "/Patient", "/Group/g");

    /** Caches may grow to an eighth of the heap. */
    private static final long CACHES = 32 * MB;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    private final String database = TestDatabase.freshUrl();
    private SluiceProcess server;
    private long before;

    @BeforeAll
    void load(@TempDir Path home) throws Exception {
        server = SluiceProcess.start(
                home.resolve("log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--sluice.home=" + home,
                "--sluice.export.workers=4",
                "--spring.datasource.url=" + database);
        put("Patient/p", "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
        put(
                "Group/g",
                "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,"
                        + "\"member\":[{\"entity\":{\"reference\":\"Patient/p\"}}]}");
        put(
                "Provenance/v",
                "{\"resourceType\":\"Provenance\",\"id\":\"v\",\"target\":[{\"reference\":\"Patient/p\"}],"
                        + "\"recorded\":\"2024-01-01T00:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}]}");
        assertThat(estimate("", "Provenance", "Provenance?target._id=p")).isEqualTo(200); // loads all definitions
    }

    @AfterAll
    void stop() {
        threads.shutdown();
        server.close();
        TestDatabase.drop(database);
    }

    @BeforeEach
    void measure() throws Exception {
        before = server.liveBytes();
    }

    @AfterEach
    void theServerServesAndHasItsMemoryBack() throws Exception {
        assertThat(server.isReady()).isTrue();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(server.liveBytes()).isLessThan(before + CACHES));
    }

    @Test
    void aLongValueForManyTypesIsRefused() throws Exception {
        String filter = HostileInputs.longFilter();

        assertThat(atOnce(level -> kickOff(level, "Provenance", filter))).isSubsetOf(400, 503);
    }

    @Test
    void manyFiltersBelowTheLimitsWaitOrArePutOff() throws Exception {
        String filter = HostileInputs.chainToMany(130);

        assertThat(atOnce(level -> estimate(level, "Provenance", filter))).isSubsetOf(200, 503);
    }

    @Test
    void listsOfVeryManyElementsAreRefused() throws Exception {
        String list = HostileInputs.list();

        assertThat(atOnce(level -> kickOff(level, "Patient", "Patient?_id=" + list)))
                .isSubsetOf(400, 503);
        assertThat(atOnce(level -> kickOff(level, list, "Patient?_id=a"))).isSubsetOf(400, 503);
        assertThat(atOnce(level -> kickOff(level, "Patient", "Patient?" + list.replace(',', '&'))))
                .isSubsetOf(400, 503);
    }

    @Test
    void moreReverseChainsThanTheLimitAreRefused() throws Exception {
        String filter = HostileInputs.reverseChains(101);

        assertThat(atOnce(level -> kickOff(level, "Patient", filter))).isSubsetOf(400, 503);
    }

    @Test
    void linkedResourcesOf30MbAreReadWithinTheMemory() throws Exception {
        String padding = "x".repeat(30 * MB);
        for (int i = 0; i < 4; i++) {
            put(
                    "Patient/large" + i,
                    "{\"resourceType\":\"Patient\",\"id\":\"large" + i + "\",\"gender\":\"male\",\"name\":[{\"text\":\""
                            + padding + "\"}]}");
            put(
                    "Observation/o" + i,
                    "{\"resourceType\":\"Observation\",\"id\":\"o" + i
                            + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                            + "\"subject\":{\"reference\":\"Patient/large" + i + "\"}}");
        }
        List<URI> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String filter = "Observation?subject:Patient.gender=male&status:not=s" + i;
            jobs.add(URI.create(post("", "Observation", filter)
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow()));
        }

        for (URI job : jobs) {
            HttpRequest poll = HttpRequest.newBuilder(job).build();
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> http.send(poll, BodyHandlers.ofString()).statusCode() != 202);
            assertThat(http.send(poll, BodyHandlers.ofString()).body()).contains("\"count\":4");
        }
    }

    private interface Attack {
        int on(String level) throws Exception;
    }

    /** Sends the request many times at once, at all levels; meanwhile the server says that it lives. */
    private List<Integer> atOnce(Attack attack) throws Exception {
        List<Callable<Integer>> requests = IntStream.range(0, 3 * AT_A_TIME)
                .<Callable<Integer>>mapToObj(n -> () -> attack.on(LEVELS.get(n % LEVELS.size())))
                .toList();
        List<Future<Integer>> answers = new ArrayList<>();
        requests.forEach(request -> answers.add(threads.submit(request)));
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> answer : answers) {
            while (!answer.isDone()) {
                requireLife();
            }
            statuses.add(answer.get());
        }
        return statuses;
    }

    private void requireLife() throws IOException, InterruptedException {
        HttpRequest liveness = HttpRequest.newBuilder(server.base().resolve("/actuator/health/liveness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        assertThat(http.send(liveness, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    private int kickOff(String level, String type, String filter) throws Exception {
        return post(level, type, filter).statusCode();
    }

    private HttpResponse<String> post(String level, String type, String filter) throws Exception {
        String body = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"" + type
                + "\"},{\"name\":\"_typeFilter\",\"valueString\":\"" + filter + "\"}]}";
        return http.send(
                request(level + "/$export").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private int estimate(String level, String type, String filter) throws Exception {
        String query = "?_type=" + type + "&_typeFilter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
        return http.send(request(level + "/$export-estimate" + query).build(), BodyHandlers.ofString())
                .statusCode();
    }

    private void put(String path, String body) throws Exception {
        HttpResponse<String> answer =
                http.send(request("/" + path).PUT(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.base() + path))
                .timeout(Duration.ofMinutes(1))
                .header("Content-Type", "application/fhir+json")
                .header("Accept", "application/fhir+json")
                .header("Prefer", path.contains("$export") ? "respond-async" : "return=minimal");
    }
}
