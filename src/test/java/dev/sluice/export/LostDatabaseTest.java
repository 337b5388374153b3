package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.OwnPostgres;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL crashes and comes back while an export, an import, loads, single writes and kick-offs are under way. Sluice
 * runs in a process of its own, with the settings that it has in earnest.
 */
@SlowTest
@Tag(FaultTally.TAG)
class LostDatabaseTest {
    private static final int RESOURCES = 6_000;
    private static final int IMPORTED = 4_000;
    private static final int LOADED = 50;
    private static final String JSON = "application/fhir+json";
    private static final String NDJSON = "application/fhir+ndjson";

    @TempDir
    private static Path home;

    private static OwnPostgres postgres;
    private static SluiceProcess sluice;
    private static SluiceServer elsewhere;
    private static ExportClient client;
    private static Export undisturbed;

    @BeforeAll
    static void start() throws IOException {
        postgres = OwnPostgres.start(home.resolve("postgres"));
        sluice = SluiceProcess.start(
                home.resolve("sluice.log"),
                "--spring.datasource.url=" + postgres.url(),
                "--sluice.home=" + home,
                "--sluice.import.root=" + home,
                "--sluice.export.workers=2",
                "--sluice.export.file-size=256KB");
        elsewhere = SluiceServer.start("--sluice.role=api"); // only its client is used
        client = new ExportClient(elsewhere);
        load("Basic", 0, RESOURCES);
        undisturbed = client.export(url("/$export"));
    }

    @AfterAll
    static void stop() throws IOException {
        sluice.close();
        elsewhere.close();
        postgres.close();
        String log = Files.readString(home.resolve("sluice.log"));
        assertThat(log).as("requests that failed without a clear answer").doesNotContain("the client was told the id");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everythingThatWasAcceptedIsDoneWhenTheDatabaseIsBack(long seed) throws Exception {
        Random random = new Random(seed);
        Work work = new Work(seed);
        HttpResponse<String> export = client.kickOff(url("/$export?_until=" + undisturbed.transactionTime()));
        HttpResponse<String> imported = startImport(seed);
        List<Future<?>> running = work.start();
        Thread.sleep(random.nextInt(1_500));

        postgres.crash();
        FaultTally.of(LostDatabaseTest.class).fault();
        refusesClearly(work.threads);
        Thread.sleep(random.nextInt(3) * 1_500L);
        postgres.restart();
        long back = System.nanoTime();
        await().atMost(Duration.ofSeconds(15)).until(() -> sluice.isReady());
        Export disturbed = client.await(export);
        Duration exportTook = Duration.ofNanos(System.nanoTime() - back);
        assertThat(client.awaitEnd(location(imported)).statusCode()).isEqualTo(200);
        work.end(running);

        System.out.println(
                "seed " + seed + ": complete " + exportTook.toMillis() + " ms after the database was back; " + work);
        assertThat(exportTook).isLessThan(Duration.ofSeconds(30));
        FaultTally.of(LostDatabaseTest.class).export(undisturbed.all(), disturbed.all());
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
        for (String kickOff : work.kickOffs) {
            assertThat(client.awaitEnd(kickOff).statusCode()).isEqualTo(200);
        }
        Export all = client.export(url("/$export?_type=Device,Flag,List"));
        assertThat(all.keys()).contains(keys("Device", seed, IMPORTED)).containsAll(work.acknowledged.keySet());
        all.all()
                .forEach(line ->
                        assertThat(line).contains(work.acknowledged.getOrDefault(ExportClient.key(line), "\"id\"")));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, FaultTally.times(1, 6));
    }

    /** A clear answer to any kind of request, soon, and nobody is sent here by a load balancer. */
    private static void refusesClearly(ExecutorService threads) throws InterruptedException {
        List<Supplier<HttpResponse<String>>> requests = List.of(
                () -> elsewhere.get(url("/Basic/r0-1")),
                () -> elsewhere.put(url("/Flag/lost"), JSON, flag("lost", 0)),
                () -> client.kickOff(url("/$export")),
                () -> elsewhere.post(url("/$import"), NDJSON, flag("lost", 0) + "\n"),
                () -> elsewhere.get(url("/_operations/export/00000000-0000-0000-0000-000000000000")));
        List<CompletableFuture<HttpResponse<String>>> answers = requests.stream()
                .map(request -> CompletableFuture.supplyAsync(request, threads))
                .toList();
        assertThat(sluice.isReady()).as("ready").isFalse();
        answers.forEach(answer -> refusal(answer.join()));
    }

    private static void refusal(HttpResponse<String> answer) {
        assertThat(ExportClient.outcome(503, answer)).hasSize(1);
        assertThat(answer.headers().firstValue("Retry-After")).as("Retry-After").isPresent();
    }

    /** Clients that go on whatever happens, and note what they were told. */
    private static final class Work {
        private final long seed;
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService threads = Executors.newFixedThreadPool(8);

        /** What was written and acknowledged: a part of the line, by the key of the resource. */
        private final Map<String, String> acknowledged = new ConcurrentSkipListMap<>();

        private final List<String> kickOffs = new ArrayList<>();
        private final AtomicInteger refused = new AtomicInteger();

        Work(long seed) {
            this.seed = seed;
        }

        List<Future<?>> start() {
            return List.of(
                    threads.submit(() -> repeat(this::put)),
                    threads.submit(() -> repeat(this::load)),
                    threads.submit(() -> repeat(this::kickOff)));
        }

        void end(List<Future<?>> running) throws Exception {
            over.set(true);
            for (Future<?> task : running) {
                task.get();
            }
            threads.shutdown();
        }

        private void put(int n) {
            String id = seed + "-" + n % 50;
            HttpResponse<String> answer = elsewhere.put(url("/Flag/" + id), JSON, flag(id, n));
            if (taken(answer, 200, 201)) {
                acknowledged.put("Flag/" + id, "\"display\":\"n" + n + "\"");
            } else {
                acknowledged.remove("Flag/" + id); // it may be there or not
            }
        }

        private void load(int n) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < LOADED; i++) {
                lines.append("{\"resourceType\":\"List\",\"id\":\"")
                        .append(seed + "-" + n + "-" + i)
                        .append("\",\"status\":\"current\",\"mode\":\"working\"}\n");
            }
            if (taken(elsewhere.post(url("/$import"), NDJSON, lines.toString()), 200)) {
                IntStream.range(0, LOADED)
                        .forEach(i -> acknowledged.put("List/" + seed + "-" + n + "-" + i, "\"working\""));
            }
        }

        private void kickOff(int n) {
            HttpResponse<String> answer = client.kickOff(url("/$export?_type=Flag"));
            if (taken(answer, 202)) {
                kickOffs.add(location(answer));
            }
        }

        private boolean taken(HttpResponse<String> answer, Integer... statuses) {
            if (Arrays.asList(statuses).contains(answer.statusCode())) {
                return true;
            }
            refusal(answer);
            refused.incrementAndGet();
            return false;
        }

        private void repeat(IntConsumer request) {
            for (int n = 0; !over.get(); n++) {
                request.accept(n);
                sleep(50);
            }
        }

        @Override
        public String toString() {
            return acknowledged.size() + " writes and " + kickOffs.size() + " kick-offs were taken, " + refused
                    + " requests were refused";
        }
    }

    private static HttpResponse<String> startImport(long seed) throws IOException {
        StringBuilder inputs = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            Path file = Files.writeString(
                    home.resolve("import-" + seed + "-" + i + ".ndjson"),
                    lines("Device", seed, i * IMPORTED / 2, (i + 1) * IMPORTED / 2));
            inputs.append(
                    ",{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueCode\":\"Device\"},{\"name\":\"url\","
                            + "\"valueUri\":\"" + file.toUri() + "\"}]}");
        }
        return elsewhere.post(
                url("/$import"),
                JSON,
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"}" + inputs + "]}",
                "Prefer",
                "respond-async");
    }

    private static void load(String type, long seed, int count) {
        HttpResponse<String> answer = elsewhere.post(url("/$import"), NDJSON, lines(type, seed, 0, count));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String lines(String type, long seed, int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int n = from; n < to; n++) {
            lines.append("{\"resourceType\":\"" + type + "\",\"id\":\"r" + seed + "-" + n + "\",\"code\":{\"text\":\"")
                    .append(Long.toHexString(0x9E3779B97F4A7C15L * (n + 1)).repeat(200))
                    .append("\"}}\n");
        }
        return lines.toString();
    }

    private static String[] keys(String type, long seed, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> type + "/r" + seed + "-" + n)
                .toArray(String[]::new);
    }

    private static String flag(String id, int n) {
        return "{\"resourceType\":\"Flag\",\"id\":\"" + id + "\",\"status\":\"active\",\"code\":{\"text\":\"x\"},"
                + "\"subject\":{\"display\":\"n" + n + "\"}}";
    }

    private static String url(String path) {
        return sluice.base() + path;
    }

    private static String location(HttpResponse<String> kickOff) {
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    private static String hashes(Export export) {
        return export.manifest().path("output").toString().replaceAll("\"url\":\"[^\"]*/", "\"");
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
