package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.FhirJson;
import dev.sluice.telemetry.TraceReceiver.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two processes, of which one accepts exports and the other one runs them: their traces as a collector receives them, and the
 * log of the second one as JSON.
 */
@SlowTest
class TracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    private Path folder;

    @Test
    void anExportIsOneTraceFromTheKickOffToItsManifest() throws Exception {
        String url = TestDatabase.freshUrl();
        try (TraceReceiver receiver = new TraceReceiver();
                SluiceServer api = SluiceServer.start(options(receiver, url, "api"));
                SluiceProcess worker = SluiceProcess.start(folder.resolve("log"), options(receiver, url, "all"))) {
            String line = "{\"resourceType\":\"%s\",\"id\":\"a\"}\n";
            String lines = Stream.of("Patient", "Device", "Location")
                    .map(line::formatted)
                    .reduce("", String::concat);
            assertThat(api.post("/$import", "application/fhir+ndjson", lines).statusCode())
                    .isEqualTo(200);
            ExportClient client = new ExportClient(api);

            client.await(api.get(
                    "/$export",
                    "Accept",
                    "application/fhir+json",
                    "Prefer",
                    "respond-async",
                    "traceparent",
                    "00-" + TRACE + "-00f067aa0ba902b7-01"));

            await().until(() -> steps(receiver, "export finish").size() == 1);
            Received request = only(receiver, "http get /fhir/$export");
            Received submit = only(receiver, "export submit");
            assertThat(request.parent()).isEqualTo("00f067aa0ba902b7");
            assertThat(submit.parent()).isEqualTo(request.id());
            assertThat(submit.process()).isEqualTo("api");
            assertThat(only(receiver, "export plan").parent()).isEqualTo(submit.id());
            assertThat(steps(receiver, "export run")).isNotEmpty().allSatisfy(unit -> {
                assertThat(unit.parent()).isEqualTo(submit.id());
                assertThat(unit.process()).isEqualTo("all");
                assertThat(unit.attribute("sluice.job")).isEqualTo(submit.attribute("sluice.job"));
                assertThat(unit.attribute("sluice.unit")).isNotEmpty();
            });
            assertThat(only(receiver, "export finish").process()).isEqualTo("all");
            assertThat(worker.isReady()).isTrue();
            api.get(api.root() + "/actuator/prometheus");
            api.get("/metadata");
            await().until(() -> receiver.spans().stream()
                    .anyMatch(received -> received.span().getName().equals("http get /fhir/metadata")));
            assertThat(receiver.spans())
                    .extracting(received -> received.span().getName())
                    .allMatch(name -> name.startsWith("http ") || name.startsWith("export "))
                    .noneMatch(name -> name.contains("actuator"));
            checkLog(submit.attribute("sluice.job"));
        }
    }

    /** Each line is a JSON object by the Elastic Common Schema, with the job and the unit as fields. */
    private void checkLog(String job) throws IOException {
        List<JsonNode> lines = Files.readAllLines(folder.resolve("log")).stream()
                .filter(line -> !line.contains("is not permitted in this process")) // of the JVM
                .<JsonNode>map(line -> FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8)))
                .filter(line -> line.at("/sluice/job").asString("").equals(job))
                .toList();

        assertThat(lines)
                .extracting(line -> line.path("message").asString())
                .anyMatch(text -> text.contains("is planned"));
        JsonNode completed = lines.stream()
                .filter(line -> line.path("message").asString().contains("is completed"))
                .findFirst()
                .orElseThrow();
        assertThat(completed.at("/sluice/kind").asString()).isEqualTo("export");
        assertThat(completed.at("/sluice/rows").asLong()).isEqualTo(3);
        assertThat(completed.at("/log/level").asString()).isEqualTo("INFO");
    }

    private String[] options(TraceReceiver receiver, String url, String role) {
        return new String[] {
            "--spring.datasource.url=" + url,
            "--sluice.home=" + folder.resolve(role),
            "--sluice.storage.local.root=" + folder.resolve("blobs"),
            "--sluice.role=" + role,
            "--sluice.poll-interval=100ms",
            "--logging.structured.format.console=" + (role.equals("all") ? "ecs" : ""),
            "--management.opentelemetry.resource-attributes.service.instance.id=" + role,
            "--management.opentelemetry.tracing.export.schedule-delay=100ms",
            "--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint()
        };
    }

    private static Received only(TraceReceiver receiver, String name) {
        await().until(() -> !steps(receiver, name).isEmpty());
        List<Received> found = steps(receiver, name);
        assertThat(found).as(name).hasSize(1);
        return found.get(0);
    }

    /** The spans of the export with this name. */
    private static List<Received> steps(TraceReceiver receiver, String name) {
        return receiver.spans().stream()
                .filter(received -> received.trace().equals(TRACE))
                .filter(received -> received.span().getName().equals(name))
                .toList();
    }
}
