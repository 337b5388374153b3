package dev.sluice.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs Jazzer on each door for an equal share of the time, in a process with a heap of 512 MB, and prints the results.
 * Inputs that are found to break a rule are kept with the others in {@code src/test/resources/fuzz}. Ends with status 1
 * if there are any.
 */
public final class Fuzzer {
    private static final Path KEPT = Path.of("src", "test", "resources", "fuzz");
    private static final int LONGEST_INPUT = 8_192;

    /** Checks of Jazzer that a server with a database breaks: it connects, and sends SQL. */
    private static final List<String> HARMLESS = List.of(
            "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
            "com.code_intelligence.jazzer.sanitizers.SqlInjection");

    private Fuzzer() {}

    /**
     * Runs all doors.
     *
     * @param arguments the minutes to run, and the folder for all else
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        long seconds = Math.round(60 * Double.parseDouble(arguments[0]) / Door.values().length);
        Path folder = Path.of(arguments[1]);
        boolean found = false;
        StringBuilder table = new StringBuilder();
        for (Door door : Door.values()) {
            Path corpus = Files.createDirectories(folder.resolve(door.folder()));
            Path result = folder.resolve(door.folder() + ".txt");
            Files.deleteIfExists(result);
            Path log = folder.resolve(door.folder() + ".log");
            int status = new ProcessBuilder(command(door, seconds, corpus, result))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            String summary = Files.exists(result) ? Files.readString(result) : "ended without a result";
            found |= status != 0;
            table.append(String.format("%-14s %s%s%n", door.folder(), summary, status == 0 ? "" : "; see " + log));
        }
        System.out.print(table);
        System.exit(found ? 1 : 0);
    }

    private static List<String> command(Door door, long seconds, Path corpus, Path result) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dfuzz.door=" + door,
                "-Dfuzz.result=" + result,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzTarget.class.getName(),
                "--instrumentation_includes=dev.sluice.**",
                "--instrumentation_excludes=dev.sluice.fuzz.**",
                "--custom_hook_includes=dev.sluice.**",
                "--disabled_hooks=" + String.join(File.pathSeparator, HARMLESS),
                "--reproducer_path=" + corpus,
                "-artifact_prefix=" + KEPT.resolve(door.folder()) + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + LONGEST_INPUT,
                "-rss_limit_mb=0",
                corpus.toString(),
                KEPT.resolve(door.folder()).toString());
    }
}
