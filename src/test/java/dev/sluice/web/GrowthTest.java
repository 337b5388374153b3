package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.HostileInputs;
import dev.sluice.RawHttp;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients make up, such as methods, paths and hosts, neither collects in the server nor slows it. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class GrowthTest {
    private static final String END = " HTTP/1.1\r\nConnection: close\r\nHost: localhost";

    private final SluiceServer server = SluiceServer.start();

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void metricsDoNotGrowByWhatClientsMakeUp() {
        sendOddRequests(0);
        series(); // is one of its own
        long before = series();

        for (int n = 1; n <= 50; n++) {
            sendOddRequests(n);
        }

        assertThat(series()).isEqualTo(before);
    }

    @Test
    void anyNumberOfHostsLeavesTheStatementFast() {
        metadata(0);
        long before = fastest();

        for (int port = 1; port <= 30; port++) {
            assertThat(metadata(port)).contains("\"url\":\"http://localhost:" + port + "/fhir\"");
        }

        // The machine may be loaded for a while; what had become slow for good would stay slow.
        await().until(() -> fastest() < 3 * before + TimeUnit.MILLISECONDS.toNanos(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/fhir/metadata", "/fhir/Patient/1", "/fhir/Group", "/actuator/health", "/nowhere"})
    void tooManyParametersAreRefused(String path) {
        RawHttp.Answer answer =
                RawHttp.send(server.root(), "GET " + path + "?" + HostileInputs.manyParameters() + END + "\r\n\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("OperationOutcome", "maximum");
    }

    private void sendOddRequests(int n) {
        String[] targets = {
            "GET /fhir/Patient/none" + n,
            "GET /fhir/Type" + n + "/x",
            "GET /nowhere" + n,
            "GET /fhir/Patient?x" + n + "=1",
            "M" + n + " /fhir/metadata",
            "M" + n + " /nowhere"
        };
        for (String target : targets) {
            RawHttp.send(server.root(), target + END + ":" + (n + 1) + "\r\nX" + n + ": 1\r\n\r\n");
        }
        RawHttp.send(server.root(), "GET /fhir/metadata HTTP/1.1\r\nConnection: close\r\nHost: h" + n + "\r\n\r\n");
    }

    private long series() {
        return server.get(server.root() + "/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                .count();
    }

    private long fastest() {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long began = System.nanoTime();
            metadata(40_000);
            fastest = Math.min(fastest, System.nanoTime() - began);
        }
        return fastest;
    }

    private String metadata(int port) {
        return RawHttp.send(server.root(), "GET /fhir/metadata" + END + (port == 0 ? "" : ":" + port) + "\r\n\r\n")
                .body();
    }
}
