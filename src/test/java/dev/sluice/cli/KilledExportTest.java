package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.SamplePopulation;
import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.SluiceServer;
import dev.sluice.bulkclient.StubServer;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command {@code export} in a process of its own, against a server, and what Ctrl-C and a kill leave. */
@SlowTest
class KilledExportTest {
    @TempDir
    private Path parent;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void exportThatIsKilledTwiceHasTheBytesOfTheServer() throws Exception {
        try (SluiceServer server = SluiceServer.start("--sluice.export.file-size=8KB")) {
            String lines = String.join(
                    "\n",
                    SamplePopulation.ofPatients(30).stream()
                            .map(JsonNode::toString)
                            .toList());
            assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                    .isEqualTo(200);
            HeldUnits units = HeldUnits.of(server);

            Process waiting = start(server);
            await().until(() -> Files.exists(folder().resolve(".sluice-export.json")) && job() != null);
            String job = String.valueOf(job());
            units.count(job);
            kill(waiting);

            units.release(job);
            Process downloading = start(server, "--parallel=1");
            await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> !files().isEmpty() || !downloading.isAlive());
            kill(downloading);
            int before = files().size();

            Process last = start(server);
            assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(last.exitValue())
                    .as(Files.readString(parent.resolve("log")))
                    .isZero();

            ExportClient.Export whole = new ExportClient(server).download(server.get(job));
            assertThat(before).isBetween(1, whole.manifest().path("output").size() - 1);
            assertThat(files()).hasSize(whole.manifest().path("output").size());
            for (JsonNode item : whole.manifest().path("output")) {
                String url = item.path("url").asString();
                assertThat(folder().resolve(url.substring(url.lastIndexOf('/') + 1)))
                        .hasContent(server.get(url).body());
            }
            assertThat(CommandRun.run("verify", folder()).exitCode()).isZero();
            assertThat(job()).isEqualTo(job);

            interruptsAreTold(server);
        }
    }

    @Test
    void clientOfModeSmartImportsAndExportsWithItsKey() throws Exception {
        JWK key = new ECKeyGenerator(Curve.P_384).keyID("k").generate();
        Path privateKey = Files.writeString(parent.resolve("key.json"), key.toJSONString());
        Path keys = Files.writeString(parent.resolve("keys.json"), new JWKSet(key.toPublicJWK()).toString());
        Path lines = Files.writeString(parent.resolve("in.ndjson"), SavedExport.PATIENTS);
        try (SluiceServer server = SluiceServer.start(
                "--sluice.security.mode=smart",
                "--sluice.security.allow-http=true",
                "--sluice.security.clients.lake.jwks-file=" + keys,
                "--sluice.security.clients.lake.scopes=system/*.cruds sluice/import")) {
            String[] as = {"--server=" + server.base(), "--client-id=lake", "--key-file=" + privateKey};

            CommandRun denied = CommandRun.run("export", as[0], "--output=" + folder());
            CommandRun imported = CommandRun.run("import", lines, as[0], as[1], as[2], "--scope=sluice/import");
            CommandRun exported = CommandRun.run("export", as[0], as[1], as[2], "--output=" + folder());

            assertThat(denied.exitCode()).isEqualTo(2);
            assertThat(denied.err()).contains("HTTP 401");
            assertThat(imported.exitCode()).as(imported.out() + imported.err()).isZero();
            assertThat(exported.out()).as(exported.err()).contains("DONE: 1 file, 2 lines");
            assertThat(Files.readString(folder().resolve("manifest.json"))).contains("\"requiresAccessToken\" : true");
        }
    }

    @Test
    void completeExportIsNotCancelled() throws Exception {
        try (StubServer server = StubServer.start()) {
            String job = "/fhir/job/1";
            String manifest =
                    "{\"transactionTime\":\"2026-11-29T15:00:00Z\",\"requiresAccessToken\":false,\"error\":[],"
                            + "\"output\":[{\"type\":\"Patient\",\"url\":\"" + server.url("/p.ndjson") + "\"}]}";
            server.on("/fhir/$export", StubServer.answer(202, "", "Content-Location", server.url(job)))
                    .on("/p.ndjson", StubServer.answer(200, SavedExport.PATIENTS))
                    .on(
                            job,
                            StubServer.json(200, manifest),
                            StubServer.answer(503, "", "Retry-After", "60"),
                            StubServer.answer(204, ""));

            Process process = start(server.url("/fhir"), "--delete", "--cancel-on-interrupt");
            await().until(() -> server.requests(job).size() == 2);
            process.destroy();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(parent.resolve("log")).content().contains("Interrupted. The export in " + folder());
            assertThat(server.requests(job))
                    .extracting(StubServer.Request::method)
                    .containsExactly("GET", "DELETE");
            assertThat(folder().resolve("p.ndjson")).hasContent(SavedExport.PATIENTS);
            assertThat(job()).isEqualTo(server.url(job));
        }
    }

    /** In the same server, whose units are still held back: to start another one takes longer than all the rest. */
    private void interruptsAreTold(SluiceServer server) throws Exception {
        for (boolean cancel : new boolean[] {false, true}) {
            Process process = cancel ? start(server, "--restart", "--cancel-on-interrupt") : start(server, "--restart");
            String old = String.valueOf(job());
            await().until(() -> job() != null && !old.equals(job()));
            String job = String.valueOf(job());
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(parent.resolve("log"))
                    .content()
                    .contains(
                            cancel
                                    ? "The export is cancelled on the server."
                                    : "Interrupted. The same command goes on with the export " + job);
            assertThat(server.get(job).statusCode()).isEqualTo(cancel ? 404 : 202);
        }
    }

    private Path folder() {
        return parent.resolve("out");
    }

    private @Nullable String job() {
        try {
            JsonNode job = FhirJson.parseObject(Files.readAllBytes(folder().resolve(".sluice-export.json")))
                    .path("job");
            return job.isString() ? job.stringValue() : null;
        } catch (IOException e) {
            return null;
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".ndjson")).toList();
        }
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private Process start(SluiceServer server, String... options) throws IOException {
        return start(server.base().toString(), options);
    }

    private Process start(String base, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName(),
                "export",
                "--server=" + base,
                "--output=" + folder()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(parent.resolve("log").toFile())
                .start();
        started.add(process);
        return process;
    }
}
