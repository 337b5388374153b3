package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The sample population, which lies beside the project; a test that asks for it is skipped where it does not. */
public final class SampleResources {
    private static final Path FOLDER = Path.of("shared", "data", "sample");

    private SampleResources() {}

    /** Every resource, file by file. */
    public static List<ObjectNode> resources() throws IOException {
        return resources(Integer.MAX_VALUE);
    }

    /** The first resources of each type. */
    public static List<ObjectNode> resources(int ofEachType) throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".ndjson"))
                    .sorted()
                    .toList();
            return sorted.stream().flatMap(file -> lines(file, ofEachType)).toList();
        }
    }

    private static Stream<ObjectNode> lines(Path file, int most) {
        try {
            return Files.readAllLines(file).stream()
                    .limit(most)
                    .map(line -> FhirJson.parseObject(line.getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.isDirectory(up.resolve(FOLDER))) {
                return up.resolve(FOLDER);
            }
        }
        return abort("No " + FOLDER + " in this folder or above: the tests on the sample population are skipped");
    }
}
