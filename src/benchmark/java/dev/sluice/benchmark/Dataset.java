package dev.sluice.benchmark;

import dev.sluice.benchmark.population.Population;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.node.ObjectNode;

/**
 * The data as files, one or more a type.
 *
 * @param files each {@code <Type>….ndjson}, in the order in which they are loaded
 * @param about one line for the report
 */
record Dataset(List<Path> files, String about) {
    private static final long SEED = 1;

    /** A folder of somebody's own. */
    static Dataset of(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(file -> file.toString().endsWith(".ndjson"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IllegalArgumentException("bench.data: there is no <Type>.ndjson in " + folder + ".");
            }
            return new Dataset(files, files.size() + " NDJSON files of one's own");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The made-up population of Sluice, written to a folder that is made for it. */
    static Dataset madeUp(int patients, Path folder) {
        Map<String, OutputStream> open = new TreeMap<>();
        try {
            Files.createDirectories(folder);
            try (Stream<ObjectNode> resources = Population.of(SEED, patients).resources()) {
                resources.forEach(resource -> append(resource, folder, open));
            } finally {
                for (OutputStream file : open.values()) {
                    file.close();
                }
            }
            List<Path> files =
                    open.keySet().stream().map(type -> file(folder, type)).toList();
            return new Dataset(files, String.format("made-up population, %,d patients, seed %d", patients, SEED));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The type that the name of a file says. */
    static String type(Path file) {
        return file.getFileName().toString().replaceFirst("[^A-Za-z].*", "");
    }

    long bytes() {
        return files.stream().mapToLong(file -> file.toFile().length()).sum();
    }

    /** Erases what was made up. */
    static void erase(Path folder) {
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(ObjectNode resource, Path folder, Map<String, OutputStream> open) {
        String type = resource.path("resourceType").asString();
        try {
            OutputStream file = open.get(type);
            if (file == null) {
                file = new BufferedOutputStream(Files.newOutputStream(file(folder, type)), 1 << 16);
                open.put(type, file);
            }
            file.write((resource + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(Path folder, String type) {
        return folder.resolve(type + ".ndjson");
    }
}
