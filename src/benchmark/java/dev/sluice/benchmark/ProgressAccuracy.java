package dev.sluice.benchmark;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * How well the time of the end of a job is foretold while it runs: an import of files, and exports that a limit holds back or
 * nothing does. Ends with status 1 if a time that is told after the first quarter of the work is wrong by more than a fifth
 * of the time that the job takes. docs/benchmark.md says how it is run.
 */
public final class ProgressAccuracy {
    private static final Path FOLDER = Path.of("target", "bench-progress").toAbsolutePath();
    private static final int PATIENTS = Integer.getInteger("bench.patients", 2_000);
    private static final int SECONDS_OF_LIMITED = 40;
    private static final int LOOK_MILLIS = 100;
    private static final double LIMIT = 0.20;
    private static final double[] PARTS = {0.25, 0.5, 0.75};
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private ProgressAccuracy() {}

    /** What a look at a job told: which part of the bytes was done, and when it would end. */
    private record Look(double part, Instant end) {}

    /** Measures, and prints a table. */
    public static void main(String[] arguments) {
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        Dataset data = Dataset.madeUp(PATIENTS, FOLDER.resolve("data"));
        String database = Postgres.start(FOLDER.resolve("postgres")).create("progress");
        long limit = data.bytes() / SECONDS_OF_LIMITED;
        MarkdownTable table = new MarkdownTable("Job", "s", "at 25 %", "at 50 %", "at 75 %", "worst from 25 % on");
        boolean within = true;
        try (Server server = start(database, "plain")) {
            Client client = new Client(server.base());
            within &= row(table, "import of files", server, () -> client.loadAsJob(data.files()));
            LoadedData.tidy(database);
            within &= row(table, "export", server, () -> client.export("/$export"));
        }
        try (Server server = start(database, "gzip", "--sluice.export.compression=gzip")) {
            Client client = new Client(server.base());
            within &= row(table, "compressed export", server, () -> client.export("/$export"));
        }
        try (Server server = start(database, "limited", "--sluice.export.max-bytes-per-second=" + limit + "B")) {
            Client client = new Client(server.base());
            String job = "export, limited to " + Format.megabytes((double) limit) + " MB/s";
            within &= row(table, job, server, () -> client.export("/$export"));
            within &= row(
                    table,
                    job + ", of 4 types",
                    server,
                    () -> client.export("/$export?_type=Patient,Condition,Encounter,Observation"));
        }
        Format.say(
                "%s. The error of the time of the end, as a part of the time of the job:%n%n%s", data.about(), table);
        Format.say("The limit is %.0f %%: %s.", 100 * LIMIT, within ? "kept" : "exceeded");
        System.exit(within ? 0 : 1);
    }

    private static Server start(String database, String name, String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + FOLDER.resolve("home"),
                "--sluice.import.root=" + FOLDER.resolve("data"),
                "--sluice.seal.enabled=false"));
        all.addAll(List.of(options));
        return Server.start(FOLDER.resolve(name + ".log"), "512m", all);
    }

    /** Runs a job, looks at it all the time, and says whether what was told was right. */
    private static boolean row(MarkdownTable table, String job, Server server, Runnable work) {
        CompletableFuture<Void> done = CompletableFuture.runAsync(work);
        List<Look> looks = new ArrayList<>();
        String path = "/_operations?count=1";
        while (!done.isDone()) {
            JsonNode running = get(server, path).path("jobs").path(0);
            String end = running.path("progress").path("end").asString("");
            if (running.path("state").asString("").equals("running") && !end.isEmpty()) {
                double total = running.path("totalBytes").asDouble(1);
                looks.add(new Look(running.path("doneBytes").asDouble(0) / total, Instant.parse(end)));
            }
            Client.pause(LOOK_MILLIS);
        }
        done.join();
        JsonNode ended = get(server, path).path("jobs").path(0);
        Instant end = Instant.parse(ended.path("finished").asString(""));
        Duration took = Duration.between(Instant.parse(ended.path("started").asString("")), end);
        List<String> cells = new ArrayList<>(List.of(job, Format.number(took.toMillis() / 1000.0)));
        for (double part : PARTS) {
            cells.add(looks.stream()
                    .filter(look -> look.part() >= part)
                    .findFirst()
                    .map(look -> percent(error(look, end, took)))
                    .orElse("not told"));
        }
        double worst = looks.stream()
                .filter(look -> look.part() >= PARTS[0])
                .mapToDouble(look -> error(look, end, took))
                .max()
                .orElse(0);
        cells.add(percent(worst));
        table.row(cells.toArray(String[]::new));
        Format.say("%s", String.join("  ", cells));
        return worst <= LIMIT;
    }

    private static double error(Look look, Instant end, Duration took) {
        return (double) Duration.between(end, look.end()).abs().toMillis() / took.toMillis();
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    private static JsonNode get(Server server, String path) {
        try {
            return FhirJson.MAPPER.readTree(HTTP.send(
                            HttpRequest.newBuilder(URI.create(server.base() + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            throw new BenchmarkException("The server does not answer", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }
}
