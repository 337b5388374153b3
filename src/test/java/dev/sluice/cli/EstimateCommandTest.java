package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bulkclient.StubServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How {@code estimate} sends the parameters of the export. */
class EstimateCommandTest {
    private static final String PATH = "/fhir/Patient/$export-estimate";

    private StubServer server;

    @BeforeEach
    void start() throws IOException {
        server = StubServer.start().on(PATH, StubServer.answer(200, "{\"resourceType\":\"Parameters\"}"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void fewParametersAreInTheUrl() {
        StubServer.Request request = sent("--type=Patient", "--since=2026-01-02T03:04:05Z");

        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.query()).isEqualTo("_type=Patient&_since=2026-01-02T03%3A04%3A05Z");
        assertThat(request.header("Prefer")).isEqualTo("none");
    }

    /** Servers and proxies write URLs to their logs. */
    @Test
    void noPatientIsInTheUrl() {
        StubServer.Request request = sent("--patient=884-12", "--type=Patient", "--since=2026-01-02", "--lenient");

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.query()).isEqualTo("null");
        assertThat(request.body())
                .contains("{\"name\":\"_type\",\"valueString\":\"Patient\"}")
                .contains("{\"name\":\"_since\",\"valueInstant\":\"2026-01-02\"}")
                .contains("{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/884-12\"}}");
        assertThat(request.header("Content-type")).isEqualTo("application/fhir+json");
        assertThat(request.header("Prefer")).isEqualTo("handling=lenient");
    }

    @Test
    void longParametersAreInTheBody() {
        String filter = "Observation?code=" + "x".repeat(2_000);

        StubServer.Request request = sent("--type-filter=" + filter);

        assertThat(request.query()).isEqualTo("null");
        assertThat(request.body()).contains(filter);
    }

    private StubServer.Request sent(String... options) {
        Object[] all = new Object[options.length + 3];
        all[0] = "estimate";
        all[1] = "Patient";
        all[2] = "--server=" + server.url("/fhir");
        System.arraycopy(options, 0, all, 3, options.length);
        CommandRun run = CommandRun.run(all);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return server.requests(PATH).get(0);
    }
}
