package dev.sluice.benchmark;

import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.DuckDb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An export of a flat view of Observation beside Spark, which makes the same rows of the NDJSON of the same export on the
 * same cores. The export reads sealed rows, and rows that are not sealed; Spark is given the schema, and finds it out, in one
 * process for all rounds and in a new one for each. Ends with status 1 if the export of sealed rows is not five times as
 * fast as Spark with a given schema in one process. docs/benchmark.md says how it is run.
 */
public final class ViewCost {
    private static final Path FOLDER = Path.of("target", "bench-views").toAbsolutePath();
    private static final double BOUND = 5;
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 5;
    private static final int APPLICATIONS = 3;
    private static final int PATIENTS = 16_000;
    private static final String SEALED = "the view, sealed rows";
    private static final String ROWS = "the view, rows that are not sealed";
    private static final String GIVEN = "Spark, given the schema";
    private static final String INFERRED = "Spark, which finds out the schema";
    private static final String SEALED_BESIDE = "the view, sealed rows, beside applications";
    private static final String APPLICATION_GIVEN = "an application of Spark, given the schema";
    private static final String APPLICATION_INFERRED = "an application of Spark, which finds it out";
    private static final String EVERYTHING = ",{\"name\":\"_since\",\"valueInstant\":\"1970-01-01T00:00:00Z\"}";
    private static final String COLUMNS =
            "id, patient, encounter, status, category, code, display, effective, issued, value, unit, value_code";

    /** What Spark opens of the JDK; its launcher gives the same to its processes. */
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/sun.nio.cs",
            "java.base/sun.security.action",
            "java.base/sun.util.calendar");

    private final Server server;
    private final Client client;
    private final Path blobs;
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

    private ViewCost(Server server, Path blobs) {
        this.server = server;
        this.client = new Client(server.base());
        this.blobs = blobs;
    }

    /** Measures, and prints the ratio. */
    public static void main(String[] arguments) throws IOException {
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        Dataset data = Dataset.madeUp(Integer.getInteger("bench.patients", PATIENTS), FOLDER.resolve("data"));
        Postgres postgres = Postgres.start(FOLDER.resolve("postgres"));
        String database = postgres.create("views");
        boolean within;
        try (Server server = Server.start(
                FOLDER.resolve("server.log"),
                System.getProperty("bench.heap", "1g"),
                List.of(
                        "--spring.datasource.url=" + database,
                        "--sluice.home=" + FOLDER.resolve("home"),
                        "--sluice.seal.after=0s"))) {
            ViewCost cost = new ViewCost(server, FOLDER.resolve("home").resolve("blobs"));
            Format.say("Loaded %,d resources.", cost.client.load(data.files()));
            Format.say("Sealed %,d resources.", LoadedData.awaitSealed(List.of(database)));
            LoadedData.tidy(database);
            within = cost.run();
        }
        System.exit(within ? 0 : 1);
    }

    private boolean run() throws IOException {
        Client.Export lines = client.export("/$export?_type=Observation&_container=lines");
        Format.say("%,d Observations, %,d MB of NDJSON.", lines.resources(), lines.bytes() / 1_000_000);
        Path rows = FOLDER.resolve("spark-rows");
        Process process = spark(rows);
        Cleanup.atEnd(process::destroyForcibly);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                PrintStream in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
            answer(out, "ready");
            for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
                measured(round, ROWS, view(EVERYTHING));
                measured(round, SEALED, view(""));
                server.pause();
                for (String name : List.of(GIVEN, INFERRED)) {
                    in.println(name.equals(INFERRED) ? "inferred" : "given");
                    measured(round, name, Double.parseDouble(answer(out, "seconds ")));
                }
                server.resume();
            }
        }
        compare(lines.resources(), rows);
        applications(rows);
        report(lines.resources(), List.of(SEALED, ROWS, GIVEN, INFERRED), GIVEN, INFERRED);
        report(
                lines.resources(),
                List.of(SEALED_BESIDE, APPLICATION_GIVEN, APPLICATION_INFERRED),
                APPLICATION_GIVEN,
                APPLICATION_INFERRED);
        double ratio = median(GIVEN) / median(SEALED);
        Format.say(
                "The export of the view is %.1f times as fast as Spark; at least %.0f is wanted: %s.",
                ratio, BOUND, ratio >= BOUND ? "held" : "missed");
        return ratio >= BOUND;
    }

    /** Each in a new process, as by spark-submit: from its start to its end. The server goes on as it is. */
    private void applications(Path rows) throws IOException {
        for (int round = 1; round <= APPLICATIONS; round++) {
            measured(round, SEALED_BESIDE, view(""));
            server.pause();
            measured(round, APPLICATION_GIVEN, application("given", rows));
            measured(round, APPLICATION_INFERRED, application("inferred", rows));
            server.resume();
        }
    }

    private double application(String schema, Path rows) throws IOException {
        long begun = System.nanoTime();
        Process process = spark(rows);
        Cleanup.atEnd(process::destroyForcibly);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            try (PrintStream in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
                in.println(schema);
            }
            answer(out, "seconds ");
            process.onExit().join();
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private void report(long resources, List<String> names, String given, String inferred) {
        names.forEach(name -> Format.say(
                "%-44s %,9.0f rows/s, %.1f times Spark that is given the schema, %.1f times Spark that finds it out",
                name, resources / median(name), median(given) / median(name), median(inferred) / median(name)));
    }

    private void measured(int round, String name, double taken) {
        Format.say("round %2d: %s takes %.2f s", round, name, taken);
        if (round > 0) {
            seconds.computeIfAbsent(name, key -> new ArrayList<>()).add(taken);
        }
    }

    /** Seconds from the kick-off to the result. The files are kept until the next one. */
    private double view(String more) throws IOException {
        Dataset.erase(blobs.resolve("rows"));
        String parameters =
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_container\",\"valueString\":\"rows\"}"
                        + more + ",{\"name\":\"view\",\"part\":[{\"name\":\"name\",\"valueString\":\"flat\"},"
                        + "{\"name\":\"viewResource\",\"resource\":" + ViewsAlone.VIEW + "}]}]}";
        FhirJson.parseObject(parameters.getBytes(StandardCharsets.UTF_8)); // a mistake in it would be a puzzle later
        long begun = System.nanoTime();
        client.exportViews(parameters);
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Both have made the same rows. */
    private void compare(long resources, Path rows) throws IOException {
        try (Stream<Path> all = Files.list(blobs.resolve("rows"))) {
            Path export = all.findFirst().orElseThrow();
            String columns = COLUMNS.replace("value,", "value::double as value,");
            String made = "select " + columns + " from read_json('" + export
                    + "/flat-*.ndjson', auto_detect = true, sample_size = -1, convert_strings_to_integers = false)";
            String flattened = made.replace(export + "/flat-*.ndjson", rows + "/part-*.json");
            String counts = DuckDb.rows("select (select count(*) from (" + made + ")), (select count(*) from (" + made
                            + " except all " + flattened + "))")
                    .get(0);
            if (!counts.equals(resources + " | 0")) {
                throw new BenchmarkException("The rows and those that differ from Spark's: " + counts);
            }
        }
        Format.say("Both have made the same rows.");
    }

    private Process spark(Path rows) throws IOException {
        String home = System.getProperty("bench.spark", "spark/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + System.getProperty("bench.spark.heap", "2g"),
                "-Djdk.reflect.useDirectMethodHandle=false"));
        OPENED.forEach(opened -> command.add("--add-opens=" + opened + "=ALL-UNNAMED"));
        command.addAll(List.of(
                "-cp",
                home + "/test-classes:" + home + "/spark-home/jars/*",
                "dev.sluice.spark.FlatObservations",
                blobs.resolve("lines") + "/*/*.ndjson",
                rows.toString()));
        return new ProcessBuilder(command)
                .redirectError(FOLDER.resolve("spark.log").toFile())
                .start();
    }

    /** The rest of the next line that begins so. */
    private static String answer(BufferedReader out, String beginning) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new BenchmarkException("Spark has ended; see " + FOLDER.resolve("spark.log"));
    }

    private double median(String name) {
        return Series.median(seconds.getOrDefault(name, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }
}
