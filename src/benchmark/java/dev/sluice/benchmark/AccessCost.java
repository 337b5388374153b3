package dev.sluice.benchmark;

import dev.sluice.benchmark.AccessTarget.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * The time of single requests in mode open and in mode smart, side by side. Ends with status 1 if a token costs more than
 * the limit. docs/benchmark.md says how it is run.
 */
public final class AccessCost {
    private static final Path FOLDER = Path.of("target", "bench-access").toAbsolutePath();
    private static final double LIMIT = 1.10;
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 5;
    private static final int KICK_OFFS = 100;
    private static final int READS = 1_000;

    private final AccessTarget open;
    private final AccessTarget smart;
    private final Map<Kind, List<double[]>> medians = new EnumMap<>(Kind.class);

    /** A kind of request, and how often a round sends it. */
    private enum Kind {
        KICK_OFF("kick-off, 12 resources", KICK_OFFS),
        STATUS("status of a finished export: its manifest", READS),
        FILE("file of 12 resources", READS);

        private final String label;
        private final int times;

        Kind(String label, int times) {
            this.label = label;
            this.times = times;
        }
    }

    private AccessCost(AccessTarget open, AccessTarget smart) {
        this.open = open;
        this.smart = smart;
    }

    /** Measures, and prints a table. */
    public static void main(String[] arguments) {
        LoggingSystem.get(AccessCost.class.getClassLoader())
                .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        Postgres postgres = Postgres.start(FOLDER.resolve("postgres"));
        boolean within;
        try (AccessTarget open = AccessTarget.open(postgres.create("open"), FOLDER);
                AccessTarget smart = AccessTarget.smart(postgres.create("smart"), FOLDER)) {
            within = new AccessCost(open, smart).run();
        }
        System.exit(within ? 0 : 1);
    }

    private boolean run() {
        for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
            smart.renewToken();
            Answer ofOpen = open.export();
            Answer ofSmart = smart.export();
            for (Kind kind : Kind.values()) {
                double[] median = measure(kind, ofOpen, ofSmart);
                Format.say("round %2d %-8s open %.3f ms, smart %.3f ms", round, kind, median[0], median[1]);
                if (round > 0) {
                    medians.computeIfAbsent(kind, key -> new ArrayList<>()).add(median);
                }
            }
            open.release(ofOpen);
            smart.release(ofSmart);
        }
        return report();
    }

    /** The medians of both, in milliseconds; each request to one is followed by the same to the other. */
    private double[] measure(Kind kind, Answer ofOpen, Answer ofSmart) {
        double[] openTimes = new double[kind.times];
        double[] smartTimes = new double[kind.times];
        for (int i = 0; i < kind.times; i++) {
            if (i % 2 == 0) {
                openTimes[i] = time(kind, open, ofOpen);
                smartTimes[i] = time(kind, smart, ofSmart);
            } else {
                smartTimes[i] = time(kind, smart, ofSmart);
                openTimes[i] = time(kind, open, ofOpen);
            }
        }
        return new double[] {Series.median(openTimes), Series.median(smartTimes)};
    }

    private static double time(Kind kind, AccessTarget target, Answer export) {
        long begun = System.nanoTime();
        String made = "";
        switch (kind) {
            case KICK_OFF -> made = target.kickOff();
            case STATUS -> target.get(export.job());
            case FILE -> target.get(export.file());
        }
        double millis = (System.nanoTime() - begun) / 1e6;
        if (!made.isEmpty()) {
            target.release(target.finished(made)); // so that no export runs during the next request
        }
        return millis;
    }

    private boolean report() {
        MarkdownTable table = new MarkdownTable("Request", "open, ms", "smart, ms", "ratio (of single rounds)");
        boolean within = true;
        for (Kind kind : Kind.values()) {
            List<double[]> rounds = medians.getOrDefault(kind, List.of());
            double ofOpen =
                    Series.median(rounds.stream().mapToDouble(round -> round[0]).toArray());
            double ofSmart =
                    Series.median(rounds.stream().mapToDouble(round -> round[1]).toArray());
            double[] ratios = rounds.stream()
                    .mapToDouble(round -> round[1] / round[0])
                    .sorted()
                    .toArray();
            double ratio = ofSmart / ofOpen;
            within &= ratio <= LIMIT;
            table.row(
                    kind.label,
                    Format.number(ofOpen),
                    Format.number(ofSmart),
                    Format.number(ratio) + " (" + Format.number(ratios[0]) + " to "
                            + Format.number(ratios[ratios.length - 1]) + ")");
        }
        Format.say("%n%s", table);
        Format.say("The limit of the ratio is %.2f: %s.", LIMIT, within ? "kept" : "exceeded");
        return within;
    }
}
