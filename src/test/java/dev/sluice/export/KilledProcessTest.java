package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlobs;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Two processes on one database and one folder, which share the work; one of them is killed, and another is started in
 * its place. A third one looks on and runs no jobs.
 */
@SlowTest
@Tag(FaultTally.TAG)
class KilledProcessTest {
    private static final int RESOURCES = 6_000;
    private static final int IMPORTED = 4_000;
    private static final int IMPORT_FILES = 4;

    /** The text of a resource without what the store adds. */
    private static final String STAMP = ",\"meta\":\\{\"versionId\":\"1\",\"lastUpdated\":\"[^\"]*\"}";

    @TempDir
    private static Path home;

    private static String database;
    private static SluiceServer onlooker;
    private static ExportClient client;
    private static ProcessPair pair;
    private static Export undisturbed;
    private static int units;
    private static int kills;
    private static int cutOff;
    private static final Set<String> workers = new TreeSet<>();

    @BeforeAll
    static void load() {
        database = TestDatabase.freshUrl();
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(onlooker);
        pair = new ProcessPair(
                home,
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.import.root=" + home,
                "--sluice.export.workers=1",
                "--sluice.export.file-size=256KB",
                "--sluice.poll-interval=100ms", // so that both take part in a small export
                "--sluice.lease=2s"); // so that the steps of the dead are soon taken over
        Ward.load(onlooker, String.join("", resources("Basic", new Random(3), RESOURCES)));
        HttpResponse<String> kickOff = client.kickOff(pair.base(0) + "/$export");
        undisturbed = client.await(kickOff);
        units = job(kickOff).units();
    }

    @AfterAll
    static void stop() {
        pair.close();
        onlooker.close();
        TestDatabase.drop(database);
        System.out.printf(
                "%d kills, %d while the process was at a step of the job; %d processes took part%n",
                kills, cutOff, workers.size());
        assertThat(cutOff).as("kills that cut off a step").isGreaterThanOrEqualTo(kills / 3);
        assertThat(workers)
                .as("both processes took part, and those that replaced them")
                .hasSizeGreaterThan(2);
    }

    @BeforeEach
    void awaitBoth() {
        pair.base(0);
        pair.base(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOthersFinishTheExportAsIfNothingHadHappened(long seed) throws Exception {
        Random random = new Random(seed);
        HttpResponse<String> kickOff =
                client.kickOff(pair.base(random.nextInt(2)) + "/$export?_until=" + undisturbed.transactionTime());
        awaitMoment(random, kickOff);
        Export disturbed = client.download(killAndAwait(random.nextInt(2), kickOff));

        FaultTally.of(KilledProcessTest.class).export(undisturbed.all(), disturbed.all());
        assertThat(disturbed.all()).hasSize(RESOURCES);
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
    }

    /** Units are handed back by a pause, and taken over from the dead. */
    @Test
    void anExportThatIsPausedAndResumedWhileAProcessIsKilledHasTheSameFiles() throws Exception {
        Random random = new Random(7);
        HttpResponse<String> kickOff =
                client.kickOff(pair.base(0) + "/$export?_until=" + undisturbed.transactionTime());
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();
        for (int pause = 0; pause < 3; pause++) {
            awaitMoment(random, kickOff);
            assertThat(onlooker.post(job + "/$pause", "application/json", "").statusCode())
                    .isIn(202, 409);
            if (pause == 1) {
                pair.kill(1);
                pair.replace(1);
            }
            assertThat(onlooker.post(job + "/$resume", "application/json", "").statusCode())
                    .isIn(202, 409);
        }
        Export disturbed = client.download(client.awaitEnd(job));
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
    }

    @ParameterizedTest
    @MethodSource("importSeeds")
    void theOthersFinishTheImportAsIfNothingHadHappened(long seed) throws Exception {
        Random random = new Random(-seed);
        List<String> lines = resources("Device", random, IMPORTED);
        StringBuilder inputs = new StringBuilder();
        int part = IMPORTED / IMPORT_FILES;
        for (int i = 0; i < IMPORT_FILES; i++) {
            Path file = Files.writeString(
                    home.resolve("import-" + seed + "-" + i + ".ndjson"),
                    String.join("", lines.subList(i * part, (i + 1) * part)));
            inputs.append(
                    ",{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueCode\":\"Device\"},{\"name\":\"url\","
                            + "\"valueUri\":\"" + file.toUri() + "\"}]}");
        }
        HttpResponse<String> kickOff = onlooker.post(
                pair.base(random.nextInt(2)) + "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"}" + inputs + "]}",
                "Prefer",
                "respond-async");

        Thread.sleep(random.nextInt(500));

        assertThat(killAndAwait(random.nextInt(2), kickOff).statusCode()).isEqualTo(200);
        List<String> stored =
                jdbc().queryForList("select body from resource where type = 'Device'", String.class).stream()
                        .map(body -> body.replaceFirst(STAMP, "") + "\n")
                        .toList();
        FaultTally.of(KilledProcessTest.class).export(lines, stored);
        jdbc().update("delete from resource where type = 'Device'");
    }

    @Test
    void aCancelledExportLeavesNoFileWhoeverRanIt() throws Exception {
        HttpResponse<String> kickOff = client.kickOff(pair.base(0) + "/$export?_container=named");
        awaitUnits(kickOff, 5);
        assertThat(onlooker.delete(at(1, kickOff)).statusCode()).isEqualTo(202);
        pair.kill(0);
        pair.replace(0);
        FaultTally.of(KilledProcessTest.class).fault();

        await().atMost(Duration.ofSeconds(40))
                .until(() -> Integer.valueOf(0)
                        .equals(jdbc().queryForObject(
                                        "select count(*) from job where id = ?::uuid and not erased",
                                        Integer.class,
                                        id(kickOff))));
        assertThat(StoredBlobs.in(onlooker.bean(BlobStore.class), "named")).isEmpty();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, FaultTally.times(2, 42));
    }

    static LongStream importSeeds() {
        return LongStream.rangeClosed(1, FaultTally.times(1, 8));
    }

    /** Waits for some moment of the export's planning, running or finishing. */
    private static void awaitMoment(Random random, HttpResponse<String> kickOff) throws InterruptedException {
        int moment = random.nextInt(units + units / 4) - units / 8;
        awaitUnits(kickOff, Math.min(moment, units));
        if (moment <= 0 || moment >= units) {
            Thread.sleep(random.nextInt(30));
        }
    }

    /** Kills one of the two, has it replaced, and waits for the end of the job, of which the other one tells. */
    private static HttpResponse<String> killAndAwait(int victim, HttpResponse<String> kickOff)
            throws InterruptedException {
        pair.kill(victim);
        FaultTally.of(KilledProcessTest.class).fault();
        Integer held = jdbc().queryForObject(
                        "select count(*) from (select lease_owner from job union all select lease_owner from work_unit)"
                                + " leases where lease_owner like ?",
                        Integer.class,
                        "%:" + pair.pid(victim) + ":%");
        kills++;
        cutOff += held == null || held == 0 ? 0 : 1;
        pair.replace(victim);
        return client.awaitEnd(at(1 - victim, kickOff));
    }

    /** Waits until this many units are done, noting who runs them; 0 does not wait. */
    private static void awaitUnits(HttpResponse<String> kickOff, int count) throws InterruptedException {
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        while (count > 0 && job(kickOff).unitsDone() < count) {
            workers.addAll(jdbc().queryForList(
                            "select distinct lease_owner from work_unit where lease_owner is not null", String.class));
            Thread.sleep(2);
        }
    }

    private record Units(int units, int unitsDone) {}

    private static Units job(HttpResponse<String> kickOff) {
        return jdbc().queryForObject(
                        "select units, units_done from job where id = ?::uuid",
                        (row, n) -> new Units(row.getInt(1), row.getInt(2)),
                        id(kickOff));
    }

    private static String id(HttpResponse<String> kickOff) {
        return location(kickOff).replaceFirst(".*/", "");
    }

    /** The job's status, asked of the process in this place. */
    private static String at(int place, HttpResponse<String> kickOff) {
        return location(kickOff).replaceFirst(".*/fhir", pair.base(place).toString());
    }

    private static String location(HttpResponse<String> kickOff) {
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    private static List<String> resources(String type, Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> "{\"resourceType\":\"" + type + "\",\"id\":\"r" + n + "\",\"code\":{\"text\":\""
                        + Long.toHexString(random.nextLong()).repeat(200) + "\"}}\n")
                .toList();
    }

    private static JdbcTemplate jdbc() {
        return onlooker.bean(JdbcTemplate.class);
    }

    private static String hashes(Export export) {
        return export.manifest().path("output").toString().replaceAll("\"url\":\"[^\"]*/", "\"");
    }
}
