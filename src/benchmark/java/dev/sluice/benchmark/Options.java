package dev.sluice.benchmark;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the benchmark is asked to do: the system properties {@code bench.*}.
 *
 * @param patients how many are made up
 * @param data a folder of NDJSON files that are taken in their place; null = none
 * @param database a JDBC URL that is used in the place of a PostgreSQL of its own; null = none
 * @param warmUp how often each scenario is run before it is measured
 * @param rounds how often each scenario is measured
 * @param only the scenarios to run; empty = all
 * @param sizes resources of each step of the growth, about
 * @param heap the servers' {@code -Xmx}, except in the growth
 * @param write whether {@code docs/benchmark.md} gets the figures
 */
record Options(
        int patients,
        @Nullable Path data,
        @Nullable String database,
        int warmUp,
        int rounds,
        Set<String> only,
        List<Integer> sizes,
        String heap,
        boolean write) {
    /** All that there are: a misspelt name is to be found before an hour is spent. */
    private static final Set<String> SCENARIOS = Set.of(
            "copy-text",
            "copy-text-2",
            "copy-binary",
            "system-1",
            "system",
            "system-rows",
            "gzip",
            "gzip-rows",
            "patient",
            "group",
            "type",
            "group-alone",
            "typefilter",
            "typefilter-alone",
            "elements",
            "since",
            "deidentified",
            "upload",
            "azurite",
            "azurite-gzip",
            "sink",
            "copy-in",
            "import",
            "import-job",
            "small",
            "fifty",
            "startup",
            "growth");

    Options {
        if (!SCENARIOS.containsAll(only)) {
            throw new IllegalArgumentException("bench.only is " + only + "; choose from " + new TreeSet<>(SCENARIOS));
        }
    }

    static Options ofSystemProperties() {
        String data = System.getProperty("bench.data");
        return new Options(
                number("bench.patients", 1_000),
                data == null ? null : Path.of(data),
                System.getProperty("bench.database"),
                number("bench.warmup", 1),
                number("bench.rounds", 5),
                list("bench.only", "").collect(Collectors.toCollection(LinkedHashSet::new)),
                list("bench.sizes", "10000,100000").map(Integer::valueOf).toList(),
                System.getProperty("bench.heap", "512m"),
                Boolean.getBoolean("bench.write"));
    }

    boolean wants(String scenario) {
        return only.isEmpty() || only.contains(scenario);
    }

    boolean wantsAny(String... scenarios) {
        return Stream.of(scenarios).anyMatch(this::wants);
    }

    private static int number(String key, int preset) {
        int value = Integer.getInteger(key, preset);
        if (value < 1) {
            throw new IllegalArgumentException(key + " is " + value + "; it must be 1 or more.");
        }
        return value;
    }

    private static Stream<String> list(String key, String preset) {
        return Stream.of(System.getProperty(key, preset).split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty());
    }
}
