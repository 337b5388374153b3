package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceApplication;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a real process shows: its environment and its exit code without memory. */
@IntegrationTest
class CommandProcessTest {
    @TempDir
    Path folder;

    @Test
    void variableOfTheEnvironmentIsTheTokenWithoutAFile() throws Exception {
        List<String> tokens = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        try {
            String manifest = "http://127.0.0.1:" + server.getAddress().getPort() + "/manifest";
            assertThat(verify(manifest, Map.of("FHIR_TOKEN", "secret"))).isEqualTo(2);
        } finally {
            server.stop(0);
        }
        assertThat(tokens).containsExactly("Bearer secret");
    }

    @Test
    void withoutMemoryThereIsNoResult() throws Exception {
        Path manifest = Files.writeString(folder.resolve("manifest.json"), "{\"output\":[" + "[],".repeat(10_000_000));

        assertThat(verify(manifest.toString(), Map.of())).isEqualTo(2);

        assertThat(folder.resolve("output")).content().contains("The memory does not suffice");
    }

    private int verify(String place, Map<String, String> environment) throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SluiceApplication.class.getName(),
                        "verify",
                        place)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        command.environment().putAll(environment);
        Process process = command.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }
}
