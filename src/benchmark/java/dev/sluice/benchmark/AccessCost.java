package dev.sluice.benchmark;

import dev.sluice.benchmark.AccessTarget.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * The time of single requests in mode open, in mode open with an audit log, and in mode smart, which has one too. Ends with
 * status 1 if the tokens cost more than the limit. docs/benchmark.md says how it is run.
 */
public final class AccessCost {
    private static final Path FOLDER = Path.of("target", "bench-access").toAbsolutePath();
    private static final double LIMIT = 1.10;
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 5;
    private static final int KICK_OFFS = 100;
    private static final int READS = 1_000;

    private final List<AccessTarget> targets;
    private final Map<Kind, List<double[]>> medians = new EnumMap<>(Kind.class);

    /** A kind of request, and how often a round sends it. */
    private enum Kind {
        KICK_OFF("kick-off, 12 resources", KICK_OFFS),
        POLL("status of an export that runs", READS),
        STATUS("status of a finished export: its manifest", READS),
        FILE("file of 12 resources", READS);

        private final String label;
        private final int times;

        Kind(String label, int times) {
            this.label = label;
            this.times = times;
        }
    }

    /** @param targets open, open with an audit log, smart */
    private AccessCost(AccessTarget... targets) {
        this.targets = List.of(targets);
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
                AccessTarget audited = AccessTarget.audited(postgres.create("audited"), FOLDER);
                AccessTarget smart = AccessTarget.smart(postgres.create("smart"), FOLDER)) {
            within = new AccessCost(open, audited, smart).run();
        }
        System.exit(within ? 0 : 1);
    }

    private boolean run() {
        for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
            targets.forEach(AccessTarget::renewToken);
            List<Answer> exports = targets.stream().map(AccessTarget::export).toList();
            for (Kind kind : Kind.values()) {
                double[] median = measure(kind, exports);
                Format.say(
                        "round %2d %-8s open %.3f ms, with audit %.3f ms, smart %.3f ms",
                        round, kind, median[0], median[1], median[2]);
                if (round > 0) {
                    medians.computeIfAbsent(kind, key -> new ArrayList<>()).add(median);
                }
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).release(exports.get(i));
            }
        }
        return report();
    }

    /** The median of each target, in milliseconds. They take turns, and another one is the first each time. */
    private double[] measure(Kind kind, List<Answer> exports) {
        double[][] times = new double[targets.size()][kind.times];
        for (int i = 0; i < kind.times; i++) {
            for (int turn = 0; turn < targets.size(); turn++) {
                int target = (i + turn) % targets.size();
                times[target][i] = time(kind, targets.get(target), exports.get(target));
            }
        }
        return Arrays.stream(times).mapToDouble(Series::median).toArray();
    }

    private static double time(Kind kind, AccessTarget target, Answer export) {
        long begun = System.nanoTime();
        String made = "";
        switch (kind) {
            case KICK_OFF -> made = target.kickOff();
            case POLL -> target.get(target.paused());
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
        MarkdownTable table = new MarkdownTable(
                "Request", "open, ms", "open with audit, ms", "smart, ms", "audit", "tokens", "tokens and audit");
        boolean within = true;
        for (Kind kind : Kind.values()) {
            double[] median = new double[targets.size()];
            for (int i = 0; i < median.length; i++) {
                int target = i;
                median[i] = Series.median(medians.getOrDefault(kind, List.of()).stream()
                        .mapToDouble(round -> round[target])
                        .toArray());
            }
            within &= median[2] / median[1] <= LIMIT;
            table.row(
                    kind.label,
                    Format.number(median[0]),
                    Format.number(median[1]),
                    Format.number(median[2]),
                    Format.number(median[1] / median[0]),
                    Format.number(median[2] / median[1]),
                    Format.number(median[2] / median[0]));
        }
        Format.say("%n%s", table);
        Format.say("The limit of the ratio of tokens is %.2f: %s.", LIMIT, within ? "kept" : "exceeded");
        return within;
    }
}
