package dev.sluice.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the umask is (it can only close more), other users of the machine can open no file that the server has written. */
@SlowTest
@DisabledOnOs(OS.WINDOWS)
class PrivateFilesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String JSON = "application/fhir+json";

    @TempDir
    Path folder;

    @Test
    void filesOfAServerAreItsOwnersThoughTheUmaskClosesNothing() throws Exception {
        Path home = folder.resolve("home");
        Path temporary = Files.createDirectory(
                folder.resolve("temporary"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path input = Files.createDirectory(folder.resolve("input"));
        String lines = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\nno JSON\n";
        Path file = Files.writeString(input.resolve("patients.ndjson"), lines);
        try (SluiceProcess sluice = SluiceProcess.startWithUmask(
                "0000",
                folder.resolve("log"),
                "-Djava.io.tmpdir=" + temporary,
                "--sluice.home=" + home,
                "--sluice.import.root=" + input)) {
            assertThat(end(kickOffImport(sluice, file))).contains("/errors/1.ndjson");
            assertThat(end(kickOffExport(sluice))).contains("Patient-1.ndjson");
            assertThat(openToOthers(home)).isEmpty();
            assertThat(openToOthers(temporary)).allMatch(path -> path.contains("detect_linux_distribution"));
            assertThat(names(home)).contains("manifest.json", "1.ndjson", "postgres.password", "PG_VERSION");
            sluice.terminate(); // its database stops with it
        }
    }

    private static HttpResponse<String> kickOffImport(SluiceProcess sluice, Path file) throws Exception {
        String body = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueString\":"
                + "\"Patient\"},{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}]}";
        return send(request(sluice.base() + "/$import").POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> kickOffExport(SluiceProcess sluice) throws Exception {
        return send(request(sluice.base() + "/$export"));
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .headers("Accept", JSON, "Content-Type", JSON, "Prefer", "respond-async");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String end(HttpResponse<String> accepted) {
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<String> ended = await().atMost(Duration.ofSeconds(60))
                .until(() -> send(HttpRequest.newBuilder(URI.create(job))), status -> status.statusCode() != 202);
        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
        return ended.body();
    }

    /** Empty files tell nothing, and a folder of the owner's closes what PostgreSQL's library or Tomcat makes in it. */
    private static List<String> openToOthers(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> Stream.iterate(path, above -> !above.equals(root), Path::getParent)
                            .skip(1)
                            .noneMatch(PrivateFilesTest::isClosedLibrary))
                    .filter(path -> !mode(path).endsWith("------") && !isEmpty(path))
                    .map(path -> mode(path) + " " + path)
                    .toList();
        }
    }

    private static boolean isClosedLibrary(Path path) {
        String name = String.valueOf(path.getFileName());
        return (name.equals("postgres-programs") || name.startsWith("tomcat"))
                && mode(path).endsWith("------");
    }

    private static boolean isEmpty(Path path) {
        return Files.isRegularFile(path) && path.toFile().length() == 0;
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }
}
