package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Where the benchmark runs, and which versions take part. */
final class MachineInfo {
    static final int CORES = Runtime.getRuntime().availableProcessors();
    static final boolean HAS_PSQL = !command("psql", "--version").isEmpty();

    /** How many of the lines are about the machine; the others are about servers and data of the rounds. */
    static final int LINES = 3;

    private MachineInfo() {}

    /** Lines for the report. */
    static List<String> about(Options options, Postgres postgres) {
        return List.of(
                "Date: " + LocalDate.now(ZoneOffset.UTC) + ", commit "
                        + or(command("git", "rev-parse", "--short", "HEAD"), "unknown"),
                "Machine: " + CORES + " cores (" + cpu() + "), " + memory() + ", " + System.getProperty("os.name") + " "
                        + System.getProperty("os.version") + ", load " + load(),
                "Java " + Runtime.version() + ", PostgreSQL " + postgres.version() + ", "
                        + or(command("psql", "--version"), "no psql: COPY by the driver"),
                "Servers: -Xmx" + options.heap() + ", settings by default; " + options.rounds() + " rounds after "
                        + options.warmUp() + " that warmed up");
    }

    /** The load of the last minute: more than the cores means that somebody else used the machine. */
    static String load() {
        String all = read("/proc/loadavg");
        return all.isEmpty() ? "unknown" : all.substring(0, all.indexOf(' '));
    }

    /** The first line of what a command prints; empty if there is no such command or it fails. */
    static String command(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? printed.lines().findFirst().orElse("") : "";
        } catch (IOException missing) {
            return "";
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    private static String cpu() {
        return read("/proc/cpuinfo")
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static String memory() {
        return read("/proc/meminfo")
                .lines()
                .filter(line -> line.startsWith("MemTotal"))
                .map(line -> String.format(
                        Locale.ROOT, "%.0f GiB", Double.parseDouble(line.replaceAll("\\D", "")) / (1 << 20)))
                .findFirst()
                .orElse("unknown memory");
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException notLinux) {
            return "";
        }
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
