package dev.sluice.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rate of exports as Parquet beside that of the same exports as NDJSON. Ends with status 1 if Parquet has less than
 * half the rate of NDJSON without compression. docs/benchmark.md says how it is run.
 */
public final class TableCost {
    private static final Path FOLDER = Path.of("target", "bench-tables").toAbsolutePath();
    private static final double BOUND = 0.5;
    private static final int WARM_UP = 1;
    private static final int ROUNDS = 5;
    private static final int PATIENTS = 4_000;
    private static final String NDJSON = "NDJSON";

    private final Client plain;
    private final Client gzip;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();
    private final Map<String, Long> bytes = new LinkedHashMap<>();

    private TableCost(Client plain, Client gzip) {
        this.plain = plain;
        this.gzip = gzip;
    }

    /** Measures, and prints a table. */
    public static void main(String[] arguments) {
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        Dataset data = Dataset.madeUp(Integer.getInteger("bench.patients", PATIENTS), FOLDER.resolve("data"));
        Postgres postgres = Postgres.start(FOLDER.resolve("postgres"));
        boolean within;
        try (Server plain = server("plain", postgres.create("plain"), "none");
                Server gzip = server("gzip", postgres.create("gzip"), "gzip")) {
            for (Server server : List.of(plain, gzip)) {
                Format.say("Loaded %,d resources.", new Client(server.base()).load(data.files()));
            }
            seal(postgres);
            within = new TableCost(new Client(plain.base()), new Client(gzip.base())).run();
        }
        System.exit(within ? 0 : 1);
    }

    private static Server server(String name, String database, String compression) {
        return Server.start(
                FOLDER.resolve(name + ".log"),
                System.getProperty("bench.heap", "1g"),
                List.of(
                        "--spring.datasource.url=" + database,
                        "--sluice.home=" + FOLDER.resolve("home-" + name),
                        "--sluice.export.compression=" + compression,
                        "--sluice.seal.after=0s"));
    }

    /** An export of NDJSON copies what is sealed. */
    private static void seal(Postgres postgres) {
        List<String> urls = Stream.of("plain", "gzip")
                .map(name -> postgres.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1"))
                .toList();
        long lines = LoadedData.awaitSealed(urls);
        urls.forEach(LoadedData::tidy);
        Format.say("Sealed %,d resources.", lines);
    }

    private boolean run() {
        for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
            measure(round, NDJSON, plain, "/$export");
            measure(round, "Parquet", plain, "/$export?_outputFormat=application/vnd.apache.parquet");
            measure(round, "NDJSON, rows that are not sealed", plain, "/$export?_since=1970-01-01T00:00:00Z");
            measure(round, "NDJSON, gzip", gzip, "/$export");
            measure(round, "NDJSON, gzip, rows that are not sealed", gzip, "/$export?_since=1970-01-01T00:00:00Z");
        }
        double ndjson = median(NDJSON);
        rates.keySet()
                .forEach(name -> Format.say(
                        "%-40s %,9.0f resources/s, %.2f of NDJSON, %,d MB before gzip",
                        name, median(name), median(name) / ndjson, bytes.getOrDefault(name, 0L) / 1_000_000));
        double share = median("Parquet") / ndjson;
        Format.say(
                "Parquet has %.2f of the rate of NDJSON; at least %.2f is wanted: %s.",
                share, BOUND, share >= BOUND ? "held" : "missed");
        return share >= BOUND;
    }

    private void measure(int round, String name, Client client, String path) {
        long begun = System.nanoTime();
        Client.Export export = client.export(path);
        double seconds = (System.nanoTime() - begun) / 1e9;
        client.release(export);
        Format.say("round %2d %-40s %,9.0f resources/s", round, name, export.resources() / seconds);
        if (round > 0) {
            rates.computeIfAbsent(name, key -> new ArrayList<>()).add(export.resources() / seconds);
            bytes.put(name, export.bytes());
        }
        Client.pause(500); // its files are erased meanwhile
    }

    private double median(String name) {
        return Series.median(rates.getOrDefault(name, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }
}
