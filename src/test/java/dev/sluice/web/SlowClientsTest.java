package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that hold on to a server and hardly send or read: others are served, and they are sent away. */
@SlowTest
class SlowClientsTest {
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    private static final String READER = "GET /fhir/Group" + HOST + "\r\n";
    private static final String BODY = HOST + "Content-Type: application/fhir+json\r\nContent-Length: 900000\r\n\r\n{";
    private static final String HEADERS = "GET /fhir/metadata" + HOST + "X: ";
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @TempDir
    private static Path home;

    private static SluiceProcess process;

    @BeforeAll
    static void start() throws Exception {
        process = SluiceProcess.start(
                home.resolve("log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--sluice.home=" + home,
                "--server.tomcat.connection-timeout=10s");
        String members = IntStream.range(0, 20_000)
                .mapToObj(n -> "{\"entity\":{\"reference\":\"Patient/p" + n + "\"}}")
                .collect(Collectors.joining(","));
        String groups = IntStream.range(0, 8)
                .mapToObj(n -> "{\"resourceType\":\"Group\",\"id\":\"g" + n
                        + "\",\"type\":\"person\",\"actual\":true,\"member\":[" + members + "]}\n")
                .collect(Collectors.joining());
        HttpRequest load = HttpRequest.newBuilder(URI.create(process.base() + "/$import"))
                .header("Content-Type", "application/fhir+ndjson")
                .POST(BodyPublishers.ofString(groups + "{\"resourceType\":\"Patient\",\"id\":\"p\"}\n"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(load, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() throws IOException {
        process.close();
        assertThat(Files.readString(home.resolve("log"))).doesNotContain("OutOfMemoryError", "ERROR");
    }

    @Test
    void slowReadersHoldNoConnectionOfTheDatabase() throws Exception {
        try (SlowClients clients = new SlowClients(process.base().getPort())) {
            clients.connect(34, READER);
            probe(Duration.ofSeconds(3));

            assertThat(get("/fhir/Patient/p", Duration.ofSeconds(10)).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void probesAreAnsweredWhile1000ClientsHoldOn() throws Exception {
        Future<String> answerToSlowBody = sendSlowBody();
        try (SlowClients clients = new SlowClients(process.base().getPort())) {
            clients.connect(300, HEADERS);
            clients.connect(200, "POST /fhir" + BODY);
            clients.connect(200, "POST /nowhere" + BODY); // refused at once, and its body is read nevertheless
            clients.connect(300, READER);

            probe(Duration.ofSeconds(10));
            assertThat(get("/fhir/metadata", Duration.ofSeconds(20)).statusCode())
                    .isIn(200, 503);
            await().atMost(Duration.ofMinutes(3)).until(() -> clients.held() == 0);
            assertThat(answerToSlowBody.get()).isEqualTo("HTTP/1.1 408");
            assertThat(get("/fhir/Patient/p", Duration.ofSeconds(10)).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void manyLargeHeadersFitInTheHeap() throws Exception {
        try (SlowClients clients = new SlowClients(process.base().getPort())) {
            clients.connect(1_900, HEADERS + "x".repeat(7_000));

            probe(Duration.ofSeconds(5));
            await().atMost(Duration.ofMinutes(1)).until(() -> clients.held() == 0);
        }
    }

    /** Sends a byte a second, as the others do, but takes the answer at once; it begins with this. */
    private static Future<String> sendSlowBody() throws IOException {
        Socket client =
                new Socket(InetAddress.getLoopbackAddress(), process.base().getPort());
        client.getOutputStream().write(("POST /fhir" + BODY).getBytes(StandardCharsets.US_ASCII));
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
        Future<?> trickle = threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        client.getOutputStream().write(' ');
                    } catch (IOException e) {
                        threads.shutdown();
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
        return threads.submit(() -> {
            try (client) {
                return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            } finally {
                trickle.cancel(false);
                threads.shutdown();
            }
        });
    }

    /** Each on a connection of its own, as a probe comes. */
    private static void probe(Duration time) {
        await().pollInterval(Duration.ofMillis(300))
                .during(time)
                .atMost(time.multipliedBy(3))
                .until(() -> get("/actuator/health/liveness", AT_ONCE).statusCode() == 200);
    }

    private static HttpResponse<String> get(String path, Duration atMost) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(process.base().resolve(path))
                .timeout(atMost)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }
}
