package dev.sluice.cli;

import dev.sluice.json.GzipAwareInput;
import dev.sluice.json.GzipInput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the files that the arguments of an import name: files, folders, and patterns such as {@code data/*.ndjson}. */
final class ImportFiles {
    private static final Pattern IMPORTED = Pattern.compile(".*\\.(ndjson|json)(\\.gz)?");

    /** How much of a file is read to see whether it holds deletions. */
    private static final int HEAD = 8 << 10;

    /** How a line of the list {@code deleted} of an export begins: a transaction of deletions. */
    private static final Pattern DELETIONS =
            Pattern.compile("(?=.*\"resourceType\"\\s*:\\s*\"Bundle\")(?=.*\"method\"\\s*:\\s*\"DELETE\").*");

    private ImportFiles() {}

    /** Each file once, in the order of the arguments; those of a folder or of a pattern by name. */
    static List<Path> find(List<String> arguments) {
        Set<Path> files = new LinkedHashSet<>();
        for (String argument : arguments) {
            try {
                files.addAll(find(argument));
            } catch (InvalidPathException | IOException e) {
                throw new CliException("'" + argument + "' cannot be read: "
                        + (e instanceof IOException fault ? ExportLocator.reason(fault) : "it is not a path") + ".");
            }
        }
        return List.copyOf(files);
    }

    /**
     * Divides files into lists of which each can be sent when the one before is loaded. Deletions state no versions: they are
     * sent after all files before them and the others of their folder, and before all files after them.
     *
     * @param files in the order in which they are to be sent
     */
    static List<List<Path>> stages(List<Path> files) {
        List<List<Path>> stages = new ArrayList<>(List.of(new ArrayList<>()));
        List<Path> deletions = new ArrayList<>();
        @Nullable Path folder = null;
        for (Path file : files) {
            if (!Objects.equals(file.getParent(), folder)) {
                close(stages, deletions);
            }
            folder = file.getParent();
            (holdsDeletions(file) ? deletions : stages.get(stages.size() - 1)).add(file);
        }
        close(stages, deletions);
        stages.removeIf(List::isEmpty);
        return stages;
    }

    private static void close(List<List<Path>> stages, List<Path> deletions) {
        if (!deletions.isEmpty()) {
            stages.add(List.copyOf(deletions));
            stages.add(new ArrayList<>());
            deletions.clear();
        }
    }

    private static boolean holdsDeletions(Path file) {
        if (isDocument(file)) {
            return false;
        }
        try (GzipAwareInput stored = new GzipAwareInput(Files.newInputStream(file));
                InputStream in = stored.isCompressed() ? new GzipInput(stored) : stored) {
            String head = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
            return head.lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .filter(line -> DELETIONS.matcher(line).matches())
                    .isPresent();
        } catch (IOException e) {
            return false; // the import of the file says why it cannot be read
        }
    }

    /** Whether a file holds one JSON document, and not one in each line. */
    static boolean isDocument(Path file) {
        return file.toString().matches(".*\\.json(\\.gz)?");
    }

    private static List<Path> find(String argument) throws IOException {
        int slash = argument.lastIndexOf('/');
        String name = argument.substring(slash + 1);
        if (name.matches(".*[*?\\[{].*") && !new File(argument).exists()) {
            return matching(Path.of(slash < 0 ? "." : argument.substring(0, slash + 1)), name, argument);
        }
        Path path = Path.of(argument);
        if (!Files.isDirectory(path)) {
            if (!Files.exists(path)) { // which is said before the first line is sent
                throw new NoSuchFileException(argument);
            }
            return List.of(path);
        }
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> files = all.filter(
                            file -> IMPORTED.matcher(file.toString()).matches())
                    .filter(file -> Files.isRegularFile(file) && !file.endsWith("manifest.json"))
                    .sorted()
                    .toList();
            return some(files, "The folder " + argument + " has no *.ndjson and no *.json");
        }
    }

    private static List<Path> matching(Path folder, String pattern, String argument) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, pattern)) {
            all.forEach(files::add);
        }
        files.removeIf(Files::isDirectory);
        return some(files.stream().sorted().toList(), "No file matches '" + argument + "'");
    }

    private static List<Path> some(List<Path> files, String otherwise) {
        if (files.isEmpty()) {
            throw new CliException(otherwise + ".");
        }
        return files;
    }
}
