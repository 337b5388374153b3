package dev.sluice;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Sluice in a process of its own, so that a test can kill it without its having a word in it. */
public final class SluiceProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path log;
    private final URI root;

    private SluiceProcess(Process process, Path log, URI root) {
        this.process = process;
        this.log = log;
        this.root = root;
    }

    /**
     * Starts a process with these options and waits until it is ready.
     *
     * @param options each {@code --key=value}; those with a single dash, such as {@code -Xmx512m}, are the JVM's
     */
    public static SluiceProcess start(Path log, String... options) throws IOException {
        return start(log, Map.of(), options);
    }

    /** Starts a process with these options and with more variables in its environment. */
    public static SluiceProcess start(Path log, Map<String, String> environment, String... options) throws IOException {
        return start(List.of(), log, environment, options);
    }

    /** Starts a process with this umask, such as {@code 0022}. */
    public static SluiceProcess startWithUmask(String umask, Path log, String... options) throws IOException {
        return start(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"), log, Map.of(), options);
    }

    private static SluiceProcess start(
            List<String> prefix, Path log, Map<String, String> environment, String... options) throws IOException {
        int port = FreePort.find();
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(given(options, false));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName(),
                "--server.port=" + port));
        command.addAll(given(options, true));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        SluiceProcess started = new SluiceProcess(process, log, URI.create("http://localhost:" + port));
        try {
            await("see " + log).atMost(Duration.ofMinutes(5)).until(started::isReady);
        } catch (RuntimeException e) {
            started.close();
            throw new IllegalStateException("Sluice did not start: " + Files.readString(log), e);
        }
        return started;
    }

    /** The FHIR base. */
    public URI base() {
        return URI.create(root + "/fhir");
    }

    /** The number that the operating system has given it. */
    public long pid() {
        return process.pid();
    }

    /** SIGKILL: nothing of the process runs any more when this returns. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM: the process takes its leave, and is gone when this returns. */
    public void terminate() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    /** Any other signal, by its name: {@code STOP} pauses the process, {@code CONT} has it go on. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** The most memory that the process ever held, heap and all else, in bytes; 0 where the system does not tell. */
    public long peakBytes() throws IOException {
        return 1024 * status("VmHWM:");
    }

    /** The memory that the process holds, heap and all else, in bytes; 0 where the system does not tell. */
    public long residentBytes() throws IOException {
        return 1024 * status("VmRSS:");
    }

    /** The threads of the process; 0 where the system does not tell. */
    public long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String key) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** The heap of the process after a full collection, in bytes. */
    public long liveBytes() throws IOException, InterruptedException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        histogram.waitFor();
        String total = output.lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(output));
        return Long.parseLong(total.trim().split("\\s+", -1)[2]);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static List<String> given(String[] options, boolean application) {
        return Stream.of(options)
                .filter(option -> option.startsWith("--") == application)
                .toList();
    }

    /** Whether it says that it can serve requests. */
    public boolean isReady() throws InterruptedException {
        try {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "Sluice ended with " + process.exitValue() + ": " + Files.readString(log));
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(root + "/actuator/health/readiness"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
