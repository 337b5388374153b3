package dev.sluice.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Measures the constants of the model in docs/scale.md with a small store, predicts the exports of a large one, and
 * measures these too. Ends with status 1 if a prediction is further than 20 % from the time that was measured.
 */
public final class ScaleBenchmark {
    private static final Path FOLDER = Path.of("target", "bench-scale").toAbsolutePath();
    private static final double LIMIT = 0.20;

    /** A type is measured alone if it has at least this share of the resources. */
    private static final double SHARE = 0.02;

    /**
     * Less than the small store. With the settings of the embedded PostgreSQL, the small store is in its cache and the large
     * one is not, so constants of the one say little of the other.
     */
    private static final Map<String, String> CACHE = Map.of("shared_buffers", "256MB");

    private static final int WARM_UP = 4;
    private static final int LARGE_WARM_UP = 1;

    private final Environment environment;

    private ScaleBenchmark(Environment environment) {
        this.environment = environment;
    }

    /** The small store is that of the first size in {@code bench.sizes}, the large one that of the second. */
    public static void main(String[] arguments) {
        LoggingSystem.get(ScaleBenchmark.class.getClassLoader())
                .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
        Options options = Options.ofSystemProperties();
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        String given = options.database();
        Postgres postgres = given == null ? Postgres.start(FOLDER.resolve("postgres"), CACHE) : Postgres.at(given);
        boolean within;
        try (ServerPool servers = new ServerPool()) {
            Environment environment = new Environment(options, FOLDER, postgres, postgres.url(), servers);
            MachineInfo.about(options, postgres).forEach(line -> Format.say("%s", line));
            within = new ScaleBenchmark(environment).run(options.sizes());
        }
        System.exit(within ? 0 : 1);
    }

    private boolean run(List<Integer> sizes) {
        if (sizes.size() != 2) {
            throw new IllegalArgumentException("bench.sizes has to be two numbers: of the small and the large store");
        }
        ScaleStore small = ScaleStore.of(environment, sizes.get(0));
        ScaleStore large = ScaleStore.of(environment, sizes.get(1));
        ScaleModel model;
        try (Server server = start("scale-small", small)) {
            model = fit(server, small);
        }
        say(small, model);
        boolean within;
        try (Server server = start("scale-large", large)) {
            within = compare(server, large, model);
        }
        Format.say(
                "tables: %.0f bytes a resource, %.0f in the small store; indexes: %.0f, %.0f",
                large.tableBytes(), small.tableBytes(), large.indexBytes(), small.indexBytes());
        return within;
    }

    private Server start(String name, ScaleStore store) {
        return environment.start(
                name, store.url(), environment.options().heap(), List.of("--sluice.seal.enabled=false"));
    }

    private ScaleModel fit(Server server, ScaleStore store) {
        int rounds = environment.options().rounds();
        List<ScalePoint> points = new ArrayList<>();
        points.add(ScalePoint.of(server, store.url(), "/$export", WARM_UP, rounds));
        ScaleStore.Type least = store.types().get(store.types().size() - 1);
        ScalePoint few = ScalePoint.of(server, store.url(), "/$export?_type=" + least.name(), WARM_UP, rounds);
        for (ScaleStore.Type type : store.types()) {
            if (type.size().resources() > SHARE * store.all().resources()) {
                points.add(ScalePoint.of(server, store.url(), "/$export?_type=" + type.name(), 1, rounds));
            }
        }
        return ScaleModel.fit(few, points);
    }

    private boolean compare(Server server, ScaleStore store, ScaleModel model) {
        double predicted = model.seconds(
                (double) store.all().resources(), (double) store.all().bytes());
        ScalePoint measured = ScalePoint.of(
                server,
                store.url(),
                "/$export",
                LARGE_WARM_UP,
                environment.options().rounds());
        double ratio = predicted / measured.seconds();
        boolean within = ratio >= 1 - LIMIT && ratio <= 1 + LIMIT;
        Format.say(
                "predicted %.1f s, measured %.1f s: %.2f times (%.2f to %.2f %s); %d files, manifest %.1f KB,"
                        + " memory of the server %.0f MB",
                predicted,
                measured.seconds(),
                ratio,
                1 - LIMIT,
                1 + LIMIT,
                within ? "is within the bound" : "would be within the bound",
                measured.files(),
                measured.manifestBytes() / 1e3,
                measured.peak() / 1e6);
        return within;
    }

    private static void say(ScaleStore store, ScaleModel model) {
        Format.say(
                "constants, of a store of %,d resources: fixed %.3f s, %.3f µs a resource, %.3f ns a byte",
                store.all().resources(), model.fixed(), model.perRow() * 1e6, model.perByte() * 1e9);
    }
}
