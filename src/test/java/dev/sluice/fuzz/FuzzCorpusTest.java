package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tries the kept inputs of each door once. {@code -Pfuzz} makes new ones of them. */
@IntegrationTest
class FuzzCorpusTest {
    private static FuzzServer server;

    @BeforeAll
    static void start() {
        server = new FuzzServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void noInputBreaksARule(Door door) throws IOException, InterruptedException {
        List<Path> inputs;
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/fuzz", door.folder()))) {
            inputs = files.sorted().toList();
        }

        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            server.send(door, Files.readAllBytes(input));
        }
    }
}
