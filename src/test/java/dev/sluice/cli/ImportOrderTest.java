package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bulkclient.StubServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order the command {@code import} sends the files of exports that have deletions. */
class ImportOrderTest {
    private static final String DELETION = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":"
            + "[{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/%s\"}}]}\n";

    @TempDir
    private Path folder;

    private StubServer server;
    private final List<String> loaded = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = StubServer.start().on("/fhir/$import", (exchange, body) -> {
            if (body.contains("slow")) {
                pause();
            }
            synchronized (loaded) {
                loaded.add(body.strip().replaceAll(".*(slow|Patient/.|id\":\"\\w+).*", "$1"));
            }
            StubServer.json(body.contains("refused") ? 400 : 200, "{\"parameter\":[]}")
                    .send(exchange, body);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void deletionsOfAChainWaitForWhatIsBeforeThem() throws IOException {
        write("1/Observation.ndjson", "{\"id\":\"slow\"}\n");
        write("1/Patient.ndjson", "{\"id\":\"a\"}\n");
        write("1/changes.ndjson", DELETION.formatted("1"));
        write("2/Patient.ndjson", "{\"id\":\"slow\"}\n");
        Files.createDirectories(folder.resolve("2"));
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("2/gone.ndjson.gz")))) {
            gzip.write(("\n" + DELETION.formatted("2")).getBytes(StandardCharsets.UTF_8));
        }
        write("3/Patient.ndjson", "{\"id\":\"c\"}\n");

        CommandRun run = CommandRun.run("import", "--server=" + server.url("/fhir"), folder);

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(loaded).containsExactly("id\":\"a", "slow", "Patient/1", "slow", "Patient/2", "id\":\"c");
    }

    @Test
    void deletionsAreNotSentWhileAFileBeforeThemIsIncomplete() throws IOException {
        write("1/Patient.ndjson", "{\"id\":\"refused\"}\n");
        write("1/Observation.ndjson", "{\"id\":\"b\"}\n");
        Path deletions = write("2/changes.ndjson", DELETION.formatted("2"));
        write("3/Patient.ndjson", "{\"id\":\"c\"}\n");

        CommandRun run = CommandRun.run("import", "--server=" + server.url("/fhir"), folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("incomplete  " + deletions, "a file that must be loaded before it is incomplete");
        assertThat(loaded).containsExactlyInAnyOrder("id\":\"refused", "id\":\"b");
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
