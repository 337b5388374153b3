package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceApplication;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment of a real process has the token. */
@IntegrationTest
class BearerTokenTest {
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
            ProcessBuilder command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SluiceApplication.class.getName(),
                            "verify",
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/manifest")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile());
            command.environment().put("FHIR_TOKEN", "secret");
            Process process = command.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
        } finally {
            server.stop(0);
        }
        assertThat(tokens).containsExactly("Bearer secret");
    }
}
