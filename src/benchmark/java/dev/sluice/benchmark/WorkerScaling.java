package dev.sluice.benchmark;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The throughput of 1, 2, 4 and 8 workers, of which each reads a limited number of bytes per second, as from a slow storage;
 * what two workers gain that are added in the middle; the start of a worker; and the time of an export of twelve resources
 * while one of a million runs on the same process. Ends with status 1 if a bound is not kept. docs/benchmark.md says how it
 * is run.
 */
public final class WorkerScaling {
    private static final Path FOLDER = Path.of("target", "bench-workers").toAbsolutePath();
    private static final int RESOURCES = Integer.getInteger("bench.resources", 1_000_000);

    /** What each worker reads in a second, in KB. */
    private static final int RATE = Integer.getInteger("bench.rate", 4_000);

    private static final int SMALL = 12;
    private static final int BATCH = 50_000;
    private static final int TIMES = 10;
    private static final int[] WORKERS = {1, 2, 4, 8};
    private static final double PART = 0.9;
    private static final double SMALL_SECONDS = 2;
    private static final double NANOS = 1e9;

    /** The last export, as the database has it: its bytes, and the seconds from the kick-off to the end. */
    private static final String LAST = " from job where kind = 'export' order by created_at desc limit 1";

    private static boolean kept = true;

    private WorkerScaling() {}

    /** Measures, and prints the figures beside their bounds. */
    public static void main(String[] arguments) {
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        String database = Postgres.start(FOLDER.resolve("postgres")).create("workers");
        try (Server server =
                Server.start(FOLDER.resolve("server.log"), "512m", options(database, "--sluice.role=api"))) {
            Client client = new Client(server.base());
            load(client);
            Postgres.execute(database, "vacuum analyze");
            startUp(database);
            scale(client, database);
        }
        small(database);
        System.exit(kept ? 0 : 1);
    }

    private static List<String> options(String database, String... more) {
        List<String> options = new ArrayList<>(List.of(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + FOLDER.resolve("home"),
                "--sluice.seal.enabled=false",
                "--sluice.export.file-size=2MB"));
        options.addAll(List.of(more));
        return options;
    }

    /** Resources of half a kilobyte, and twelve of another type. */
    private static void load(Client client) {
        String text = "x".repeat(360);
        for (int first = 0; first < RESOURCES; first += BATCH) {
            StringBuilder lines = new StringBuilder();
            for (int n = first; n < Math.min(RESOURCES, first + BATCH); n++) {
                lines.append("{\"resourceType\":\"Basic\",\"id\":\"b")
                        .append(n)
                        .append("\",\"author\":{\"display\":\"")
                        .append(text)
                        .append("\"}}\n");
            }
            client.load(BodyPublishers.ofString(lines.toString()));
        }
        for (int n = 0; n < SMALL; n++) {
            client.put(
                    "/Organization/o" + n, "{\"resourceType\":\"Organization\",\"id\":\"o" + n + "\",\"name\":\"o\"}");
        }
    }

    /** From the call to the end of a worker that finds nothing to do. */
    private static void startUp(String database) {
        double[] seconds = new double[3];
        for (int i = 0; i < seconds.length; i++) {
            long begin = System.nanoTime();
            try (WorkerProgram worker = WorkerProgram.start(
                    FOLDER.resolve("start.log"), options(database, "--until-idle", "--sluice.poll-interval=200ms"))) {
                if (worker.await() != 0) {
                    throw new BenchmarkException("A worker failed; see " + FOLDER.resolve("start.log"));
                }
            }
            seconds[i] = (System.nanoTime() - begin) / NANOS;
        }
        Arrays.sort(seconds);
        Format.say("java -jar sluice.jar work --until-idle, nothing waits: %.1f s (median of 3)", seconds[1]);
    }

    private static void scale(Client client, String database) {
        List<WorkerProgram> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS[WORKERS.length - 1]; i++) {
            workers.add(WorkerProgram.start(
                    FOLDER.resolve("worker-" + i + ".log"),
                    options(
                            database,
                            "--sluice.poll-interval=200ms",
                            "--sluice.export.workers=1",
                            "--sluice.export.max-bytes-per-second=" + RATE + "KB")));
        }
        awaitProcesses(database, workers.size() + 1);
        client.release(client.export("/$export?_type=Organization"));
        Client.pause(1_000);
        run(workers, workers.size(), workers.size(), client, database); // warms up
        double one = 0;
        double[] rates = new double[WORKERS.length];
        Format.say("%-8s %9s %8s %22s", "workers", "seconds", "MB/s", "of n times one worker");
        for (int i = 0; i < WORKERS.length; i++) {
            run(workers, WORKERS[i], WORKERS[i], client, database);
            rates[i] = rate(database);
            one = i == 0 ? rates[0] : one;
            double part = rates[i] / (one * WORKERS[i]);
            Format.say("%-8d %9.1f %8.1f %22s", WORKERS[i], seconds(database), rates[i], bound(part, PART, true));
        }
        double bytes = Postgres.number(database, "select work" + LAST);
        run(workers, 2, 4, client, database);
        double expected = bytes / 2e6 / rates[1] + bytes / 2e6 / rates[2];
        Format.say(
                "2 workers, and 2 more from the middle: %.1f s; 2 alone %.1f s; the two rates expect %.1f s, %s of it",
                seconds(database),
                bytes / 1e6 / rates[1],
                expected,
                bound(seconds(database) / expected, 1 / PART, false));
        workers.forEach(WorkerProgram::close);
    }

    /** Runs an export with the first of these workers, and with more of them once half of it is done. */
    private static void run(List<WorkerProgram> workers, int first, int later, Client client, String database) {
        for (int i = 0; i < workers.size(); i++) {
            if (i < first) {
                workers.get(i).resume();
            } else {
                workers.get(i).pause();
            }
        }
        CompletableFuture<Client.Export> export =
                CompletableFuture.supplyAsync(() -> client.export("/$export?_type=Basic"));
        while (later > first && !export.isDone()) {
            Client.pause(50);
            if (Postgres.number(database, "select (work > 0 and work_done > work / 2)::int" + LAST) == 1) {
                workers.subList(first, later).forEach(WorkerProgram::resume);
                break;
            }
        }
        Client.Export ended = export.join();
        if (ended.resources() != RESOURCES) {
            throw new BenchmarkException("The export has " + ended.resources() + " resources");
        }
    }

    private static double seconds(String database) {
        return Postgres.number(database, "select (extract(epoch from finished_at - created_at) * 1000)::bigint" + LAST)
                / 1e3;
    }

    private static double rate(String database) {
        return Postgres.number(database, "select work" + LAST) / 1e6 / seconds(database);
    }

    private static void awaitProcesses(String database, int number) {
        while (Postgres.number(database, "select count(*) from job_process") < number) {
            Client.pause(100);
        }
    }

    /** A small export beside one that has all workers of the only process. */
    private static void small(String database) {
        try (Server server = Server.start(
                FOLDER.resolve("one.log"),
                "512m",
                options(database, "--sluice.export.max-bytes-per-second=" + RATE + "KB"))) {
            Client client = new Client(server.base());
            CompletableFuture<Client.Export> large =
                    CompletableFuture.supplyAsync(() -> client.export("/$export?_type=Basic"));
            while (Postgres.number(
                            database, "select count(*) from work_unit where result is null and lease_owner is not null")
                    == 0) {
                Client.pause(50);
            }
            double[] seconds = new double[TIMES];
            for (int i = 0; i < TIMES; i++) {
                long begin = System.nanoTime();
                if (client.export("/$export?_type=Organization").resources() != SMALL) {
                    throw new BenchmarkException("The small export is not complete");
                }
                seconds[i] = (System.nanoTime() - begin) / NANOS;
            }
            if (large.isDone()) {
                throw new BenchmarkException("The large export ended too soon");
            }
            Arrays.sort(seconds);
            Format.say(
                    "%d resources while %,d are exported by one process: median %.2f s, longest %s s",
                    SMALL, RESOURCES, seconds[TIMES / 2], bound(seconds[TIMES - 1], SMALL_SECONDS, false));
        }
    }

    /** A figure and its bound. */
    private static String bound(double figure, double bound, boolean atLeast) {
        boolean within = atLeast ? figure >= bound : figure <= bound;
        kept &= within;
        return "%.2f (%s %.2f%s)".formatted(figure, atLeast ? "at least" : "at most", bound, within ? "" : ": MISSED");
    }
}
