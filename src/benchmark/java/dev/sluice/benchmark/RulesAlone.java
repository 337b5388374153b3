package dev.sluice.benchmark;

import dev.sluice.deid.DeidKeys;
import dev.sluice.deid.Deidentifier;
import dev.sluice.deid.RuleCounts;
import dev.sluice.deid.RuleFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * De-identification without a database, a server or files, in one thread: how many resources it does in a second of the
 * CPU.
 *
 * <p>Arguments: a rule file, a folder of NDJSON files, and how many seconds a round takes.
 */
final class RulesAlone {
    private static final int ROUNDS = 5;

    private RulesAlone() {}

    public static void main(String[] arguments) throws IOException {
        RuleFile rules = RuleFile.parse(Files.readAllBytes(Path.of(arguments[0])));
        List<byte[]> resources = read(Path.of(arguments[1]));
        long bytes = resources.stream().mapToLong(resource -> resource.length).sum();
        System.out.println(rules.size() + " rules, " + resources.size() + " resources of "
                + bytes / Math.max(1, resources.size()) + " bytes");
        Deidentifier deidentifier = Deidentifier.of(rules, DeidKeys.random(), LocalDate.of(2026, 1, 1));
        for (int round = 0; round < ROUNDS; round++) {
            measure(deidentifier, resources, Integer.parseInt(arguments[2]));
        }
    }

    private static List<byte[]> read(Path folder) throws IOException {
        List<byte[]> resources = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".ndjson"))
                    .sorted()
                    .toList()) {
                Files.readString(file)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .map(line -> line.getBytes(StandardCharsets.UTF_8))
                        .forEach(resources::add);
            }
        }
        return resources;
    }

    private static void measure(Deidentifier deidentifier, List<byte[]> resources, int seconds) {
        RuleCounts counts = new RuleCounts();
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        long done = 0;
        long written = 0;
        while (thread.getCurrentThreadCpuTime() - start < seconds * 1_000_000_000L) {
            for (byte[] resource : resources) {
                written +=
                        deidentifier.apply(resource, 0, resource.length, counts).remaining();
                done++;
            }
        }
        double taken = (thread.getCurrentThreadCpuTime() - start) / 1e9;
        System.out.printf(
                "%.0f resources/s, %.1f MB/s written, %.1f rules applied to a resource%n",
                done / taken,
                written / taken / 1e6,
                (double) counts.byRule().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        / done);
    }
}
