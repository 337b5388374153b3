package dev.sluice.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The application on a real cluster, beside a server that runs no steps; compared with the workers of a server. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark needs parts of Hadoop there that Maven does not have")
class SparkWorkersTest {
    /** Small files, so that there are many units. */
    private static final String FILE_SIZE = "sluice.export.file-size=64KB";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static JavaProcess server;
    private static SparkCluster cluster;
    private static String base;
    private static Path settings;

    @BeforeAll
    static void start() throws Exception {
        int port = freePort();
        server = server("server", port, "--sluice.role=api", "--sluice.demo=true", "--sluice.home=" + home());
        base = "http://localhost:" + port + "/fhir";
        server.awaitOutput("(Sluice serves http)");
        List<String> pid = Files.readAllLines(home().resolve("postgres/postmaster.pid"));
        String password = Files.readString(home().resolve("postgres.password")).strip();
        settings = Files.writeString(
                folder.resolve("sluice.properties"),
                "spring.datasource.url=jdbc:postgresql://localhost:" + pid.get(3) + "/postgres\n"
                        + "spring.datasource.username=sluice\nspring.datasource.password=" + password + "\n"
                        + "sluice.home=" + folder.resolve("executor") + "\nsluice.storage.local.root="
                        + home().resolve("blobs") + "\n" + FILE_SIZE + "\n");
        cluster = new SparkCluster(folder);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        server.close();
    }

    @Test
    void makesTheFilesOfTheBuiltInEngine() throws Exception {
        String first = kickOff("/$export");
        JavaProcess application = cluster.submit(settings, "--until-idle");
        assertThat(application.awaitExit()).as(application.output()).isZero();
        Map<String, String> bySpark = hashes(first);
        String second = kickOff("/$export?_till=" + transactionTime(first));
        Map<String, String> byServer;
        try (JavaProcess worker = server("worker", freePort(), options("--sluice.role=all"))) {
            worker.awaitOutput("(Sluice serves http)");
            byServer = hashes(second);
        }
        String third = kickOff("/$export?_till=" + transactionTime(first));
        for (JavaProcess worker : List.of(worker(1), worker(2), worker(3))) {
            assertThat(worker.awaitExit()).as(worker.output()).isZero();
        }
        assertThat(bySpark).hasSizeGreaterThan(20).isEqualTo(byServer).isEqualTo(hashes(third));
    }

    /** A process of {@code sluice work}. */
    private static JavaProcess worker(int number) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "-Xmx256m", "-jar", System.getProperty("sluice.jar"), "work", "--until-idle", "--" + FILE_SIZE));
        command.addAll(List.of(options("--sluice.poll-interval=100ms")));
        return JavaProcess.start(folder.resolve("work-process-" + number + ".log"), Map.of(), command);
    }

    @Test
    void endsUnitsOnceAfterLostExecutorsAndDrivers() throws Exception {
        String expected = kickOff("/$export");
        assertThat(cluster.submit(settings, "--until-idle").awaitExit()).isZero();
        String job = kickOff("/$export?_till=" + transactionTime(expected));
        Path slow = Files.createDirectories(folder.resolve("slow")).resolve("sluice.properties");
        Files.writeString(slow, Files.readString(settings) + "sluice.export.max-bytes-per-second=200KB\n");
        JavaProcess application = cluster.submit(slow, "--until-idle");
        awaitProgress(job, 1);
        cluster.executors().findFirst().orElseThrow().destroyForcibly();
        awaitProgress(job, 20);
        application.kill();
        assertThat(get(job).statusCode()).isEqualTo(202);
        assertThat(cluster.submit(settings, "--until-idle").awaitExit()).isZero();
        assertThat(hashes(job)).isEqualTo(hashes(expected));
    }

    @Test
    void endsWithItsJobs() throws Exception {
        String job = kickOff("/$export");
        Path slow = Files.createDirectories(folder.resolve("slower")).resolve("sluice.properties");
        Files.writeString(slow, Files.readString(settings) + "sluice.export.max-bytes-per-second=20KB\n");
        JavaProcess application = cluster.submit(slow, "--until-idle");
        awaitProgress(job, 1);
        assertThat(send("DELETE", job).statusCode()).isEqualTo(202);
        assertThat(application.awaitExit()).as(application.output()).isZero();
        String id = job.substring(job.lastIndexOf('/') + 1);
        try (Stream<Path> containers = Files.list(home().resolve("blobs"))) {
            assertThat(containers)
                    .noneMatch(container -> container.getFileName().toString().contains(id));
        }
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        Path wrong = Files.createDirectories(folder.resolve("wrong")).resolve("sluice.properties");
        Files.writeString(wrong, "spring.datasource.url=jdbc:postgresql://localhost/x\nsluice.export.file-sise=1MB\n");
        JavaProcess application = cluster.submit(wrong, "--until-idle");
        assertThat(application.awaitExit()).isNotZero();
        assertThat(application.output()).contains("The setting sluice.export.file-sise does not exist");
    }

    private static Path home() {
        return folder.resolve("home");
    }

    private static JavaProcess server(String name, int port, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "-Xmx256m", "-jar", System.getProperty("sluice.jar"), "--server.port=" + port, "--" + FILE_SIZE));
        all.addAll(List.of(options));
        return JavaProcess.start(folder.resolve(name + ".log"), Map.of(), all);
    }

    /** The options of another server on the same database and storage. */
    private static String[] options(String more) throws IOException {
        Stream<String> same = Files.readAllLines(settings).stream()
                .filter(line -> !line.equals(FILE_SIZE)) // all processes of this test get it
                .map(line -> "--" + line);
        return Stream.concat(same, Stream.of(more)).toArray(String[]::new);
    }

    private static String kickOff(String path) {
        HttpResponse<String> accepted =
                send("GET", base + path, "Accept", "application/fhir+json", "Prefer", "respond-async");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        return accepted.headers().firstValue("Content-Location").orElseThrow();
    }

    /** The SHA-256 of the files of an export, by name; waits for its end. */
    private static Map<String, String> hashes(String job) {
        Map<String, String> hashes = new TreeMap<>();
        for (JsonNode file : manifest(job).path("output")) {
            String url = file.path("url").asText();
            hashes.put(
                    url.substring(url.lastIndexOf('/') + 1),
                    file.at("/extension/sha256").asText());
        }
        assertThat(hashes.values()).allMatch(hash -> hash.length() == 64);
        return hashes;
    }

    private static JsonNode manifest(String job) {
        return JavaProcess.await("manifest of " + job, () -> {
            HttpResponse<String> status = get(job);
            assertThat(status.statusCode()).as(status.body()).isIn(200, 202);
            return status.statusCode() == 200 ? json(status.body()) : null;
        });
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }

    private static String transactionTime(String job) {
        return manifest(job).path("transactionTime").asText().replace("+", "%2B");
    }

    private static void awaitProgress(String job, int percent) {
        JavaProcess.await(percent + " % of " + job, () -> {
            HttpResponse<String> status = get(job);
            assertThat(status.statusCode()).as(status.body()).isEqualTo(202);
            Matcher progress = Pattern.compile("(\\d+)%")
                    .matcher(status.headers().firstValue("X-Progress").orElse(""));
            return progress.find() && Integer.parseInt(progress.group(1)) >= percent ? true : null;
        });
    }

    private static HttpResponse<String> get(String url) {
        return send("GET", url.startsWith("http") ? url : base + url);
    }

    private static HttpResponse<String> send(String method, String url, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
