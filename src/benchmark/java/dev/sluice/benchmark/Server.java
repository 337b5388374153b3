package dev.sluice.benchmark;

import dev.sluice.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sluice as it is shipped, {@code java -jar sluice.jar}, in a process of its own. */
final class Server implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int POLL_MILLIS = 10;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final URI root;

    private Server(Process process, URI root) {
        this.process = process;
        this.root = root;
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @param log gets what the process prints
     * @param heap the JVM's {@code -Xmx}
     * @param options each {@code --key=value}
     */
    static Server start(Path log, String heap, List<String> options) {
        try {
            int port = FreePort.find();
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + heap,
                    "-jar",
                    System.getProperty("bench.jar", "target/sluice.jar"),
                    "--server.port=" + port,
                    "--logging.level.root=warn"));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Server server = new Server(process, URI.create("http://localhost:" + port));
            Cleanup.atEnd(server);
            server.awaitReady(log);
            return server;
        } catch (IOException e) {
            throw new BenchmarkException("Sluice did not start", e);
        }
    }

    /** The FHIR base. */
    URI base() {
        return URI.create(root + "/fhir");
    }

    long pid() {
        return process.pid();
    }

    /** Stops the process where it is: it takes no CPU, and stays as warm as it was. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** By SIGKILL, which also ends who is paused or misses its database: what it held is thrown away with it. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal(String name) {
        try {
            int answer = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (answer != 0 && process.isAlive()) {
                throw new BenchmarkException("The signal " + name + " could not be sent to " + process.pid());
            }
        } catch (IOException e) {
            throw new BenchmarkException("There is no command 'kill': the benchmark needs Linux or macOS", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    private void awaitReady(Path log) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new BenchmarkException("Sluice did not start; see " + log);
            }
            Client.pause(POLL_MILLIS);
        }
    }

    private boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(root + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }
}
