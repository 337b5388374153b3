package dev.sluice.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time of a page of 10,000 jobs, and of a job of 20,000 units. Ends with status 1 if one takes 300 ms or more.
 * docs/benchmark.md says how it is run.
 */
public final class JobListCost {
    private static final Path FOLDER = Path.of("target", "bench-jobs").toAbsolutePath();
    private static final String LARGE = "00000000-0000-4000-8000-000000000001";
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
        boolean within = true;
        try (Server server = Server.start(
                FOLDER.resolve("server.log"),
                "512m",
                List.of(
                        "--spring.datasource.url=" + database,
                        "--sluice.home=" + FOLDER.resolve("home"),
                        "--sluice.role=api"))) {
            insert(database);
            for (Map.Entry<String, String> page : pages().entrySet()) {
                double[] millis = measure(server.base() + "/_operations" + page.getValue());
                Format.say(
                        "%-50s median %.0f ms, longest %.0f ms", page.getKey(), millis[TIMES / 2], millis[TIMES - 1]);
                within &= millis[TIMES / 2] < LIMIT_MILLIS;
            }
        }
        System.exit(within ? 0 : 1);
    }

    private static Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("10,000 jobs: the first page", "");
        pages.put("10,000 jobs: 200 on a page", "?count=200");
        pages.put("10,000 jobs: a text that few have", "?q=n%3D7777%22");
        pages.put("10,000 jobs: those that run", "?state=running");
        pages.put("20,000 units: the job", "/export/" + LARGE + "/details");
        pages.put("20,000 units: the first page", "/export/" + LARGE + "/units?count=200");
        pages.put("20,000 units: a late page", "/export/" + LARGE + "/units?after=19000&count=200");
        return pages;
    }

    /** The times of the same request, in order. */
    private static double[] measure(String url) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        double[] millis = new double[TIMES];
        for (int time = -WARM_UP; time < TIMES; time++) {
            long begin = System.nanoTime();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new BenchmarkException(url + ": " + response.body());
            }
            if (time >= 0) {
                millis[time] = (System.nanoTime() - begin) / NANOS;
            }
        }
        Arrays.sort(millis);
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
