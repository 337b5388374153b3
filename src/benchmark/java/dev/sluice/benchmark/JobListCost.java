package dev.sluice.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time of a page of 10,000 jobs, of a job of 20,000 units, and of a completed export of 20,000 files, as JSON and in the
 * console. Ends with status 1 if one takes 300 ms or more. docs/benchmark.md says how it is run.
 */
public final class JobListCost {
    private static final Path FOLDER = Path.of("target", "bench-jobs").toAbsolutePath();
    private static final String LARGE = "00000000-0000-4000-8000-000000000001";
    private static final int FILES = Integer.getInteger("bench.files", 20_000);
    private static final int FILES_ON_A_PAGE = 100;
    private static final String MANIFEST = "20,000 files: the whole manifest";
    private static final int TIMES = 20;
    private static final int WARM_UP = 5;
    private static final double LIMIT_MILLIS = 300;
    private static final double NANOS = 1e6;

    private JobListCost() {}

    /** Measures, and prints a table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Dataset.erase(FOLDER);
        FOLDER.toFile().mkdirs();
        String database = Postgres.start(FOLDER.resolve("postgres")).create("jobs");
        String files;
        try (Server server = start(database, "all")) {
            files = export(new Client(server.base()), database);
        }
        insert(database);
        boolean within;
        try (Server server = start(database, "api")) { // which lets the inserted units wait
            within = print(pages(files), server.base().resolve("/").toString());
        }
        System.exit(within ? 0 : 1);
    }

    private static Server start(String database, String role) {
        return Server.start(
                FOLDER.resolve("server-" + role + ".log"),
                "512m",
                List.of(
                        "--spring.datasource.url=" + database,
                        "--sluice.home=" + FOLDER.resolve("home"),
                        "--sluice.role=" + role,
                        "--sluice.export.file-size=1B", // each resource is a file of its own
                        "--sluice.audit.enabled=true"));
    }

    private static boolean print(Map<String, String> pages, String root) throws IOException, InterruptedException {
        boolean within = true;
        Format.say("%-45s %8s %8s %8s   bound: %.0f ms", "", "first", "median", "longest", LIMIT_MILLIS);
        for (Map.Entry<String, String> page : pages.entrySet()) {
            double[] millis = measure(root + page.getValue());
            double first = millis[0];
            Arrays.sort(millis);
            double median = millis[millis.length / 2];
            boolean bound = !page.getKey().equals(MANIFEST);
            within &= !bound || median < LIMIT_MILLIS;
            Format.say(
                    "%-45s %8.0f %8.0f %8.0f   %s",
                    page.getKey(),
                    first,
                    median,
                    millis[millis.length - 1],
                    bound ? median < LIMIT_MILLIS ? "kept" : "exceeded" : "no bound");
        }
        return within;
    }

    private static Map<String, String> pages(String files) {
        String list = "fhir/_operations";
        String units = list + "/export/" + LARGE;
        String console = "console/jobs";
        String job = console + "/export/" + files;
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("20,000 files: the first page, in the console", job + "/files?page=1");
        pages.put("20,000 files: a page in the middle", job + "/files?page=" + FILES / 2 / FILES_ON_A_PAGE);
        pages.put("20,000 files: the last page", job + "/files?page=" + FILES / FILES_ON_A_PAGE);
        pages.put("20,000 files: the page of the job", job);
        pages.put("20,000 files: a file", list + "/export/" + files + "/files/Basic-" + FILES / 2 + ".ndjson");
        pages.put(MANIFEST, list + "/export/" + files);
        pages.put("10,000 jobs: the list in the console", console);
        pages.put("10,000 jobs: a search in the console", console + "?q=n%3D7777%22");
        pages.put("10,000 jobs: the first page", list);
        pages.put("10,000 jobs: 200 on a page", list + "?count=200");
        pages.put("10,000 jobs: a text that few have", list + "?q=n%3D7777%22");
        pages.put("10,000 jobs: those that run", list + "?state=running");
        pages.put("20,000 units: the page of the job", console + "/export/" + LARGE);
        pages.put("20,000 units: a late page, in the console", console + "/export/" + LARGE + "?after=19000");
        pages.put("20,000 units: the job", units + "/details");
        pages.put("20,000 units: the first page", units + "/units?count=200");
        pages.put("20,000 units: a late page", units + "/units?after=19000&count=200");
        return pages;
    }

    /** Exports 20,000 resources to as many files, and returns the id of the job. */
    private static String export(Client client, String database) {
        StringBuilder resources = new StringBuilder();
        for (int n = 0; n < FILES; n++) {
            resources
                    .append("{\"resourceType\":\"Basic\",\"id\":\"b")
                    .append(n)
                    .append("\",\"code\":{\"text\":\"x\"}}\n");
        }
        client.load(BodyPublishers.ofString(resources.toString()));
        Postgres.execute(database, "analyze");
        Client.Export export = client.export("/$export");
        Format.say("An export of %,d resources is done.", export.resources());
        return export.id();
    }

    /** The times of the same request; the first one is that of a server that has not had it before. */
    private static double[] measure(String url) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        double[] millis = new double[1 + TIMES];
        for (int time = -WARM_UP; time <= TIMES; time++) {
            long begin = System.nanoTime();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new BenchmarkException(url + ": " + response.body());
            }
            if (time == -WARM_UP || time > 0) {
                millis[Math.max(0, time)] = (System.nanoTime() - begin) / NANOS;
            }
        }
        return millis;
    }

    /** Jobs that have ended; nine running ones of 2,000 units, and one of 20,000, half of which are done. */
    private static void insert(String database) {
        Postgres.execute(
                database,
                "insert into job (id, kind, payload, status, ending, units, units_done, work, created_at, updated_at,"
                        + " started_at, finished_at, expires_at) select gen_random_uuid(), 'export',"
                        + " '{\"url\":\"http://localhost/fhir/$export?_type=Patient&n=' || n || '\"' || repeat(' ', 1000) || '}',"
                        + " 'COMPLETED', '{}', 1, 1, 100, t, t, t, t, t + interval '1 year' from generate_series(1, 9990) n,"
                        + " lateral (select now() - n * interval '1 min' as t) time");
        Postgres.execute(
                database,
                "insert into job (id, kind, payload, status, units, units_done, work, work_done, created_at, updated_at,"
                        + " started_at) select case when n = 1 then uuid '" + LARGE
                        + "' else gen_random_uuid() end, 'export',"
                        + " '{}', 'RUNNING', u, u / 2, u * 1000, u * 500, now(), now(), now() - interval '1 min'"
                        + " from generate_series(1, 10) n, lateral (select case when n = 1 then 20000 else 2000 end as u) size");
        Postgres.execute(
                database,
                "insert into work_unit (job_id, ordinal, payload, work, done, result, parts, rows, due_at) select j.id, n,"
                        + " repeat('x', 500), 1000, 0, case when n < j.units_done then repeat('y', 500) end,"
                        + " '{\"Patient\": [400, 4], \"Observation\": [600, 6]}', 10, now() + interval '1 day'"
                        + " from job j, generate_series(0, j.units - 1) n where j.status = 'RUNNING'");
        Postgres.execute(
                database,
                "insert into job_sample select '" + LARGE + "', now() - n * interval '1 s', 60000 - n * 1000, 0, 0"
                        + " from generate_series(0, 59) n");
        Postgres.execute(database, "analyze");
    }
}
