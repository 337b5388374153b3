package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import dev.sluice.blob.FaultyStorage;
import dev.sluice.blob.StorageFault;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** A whole server whose storage fails for a while: what it exports is what it exports undisturbed. */
@SlowTest
@Tag(FaultTally.TAG)
@TestInstance(Lifecycle.PER_CLASS)
class StorageFaultsTest {
    private static final String SMALL = "/$export?_type=Patient,Observation";
    private static final FaultTally TALLY = FaultTally.of(StorageFaultsTest.class);

    private FaultyStorage storage;
    private SluiceServer server;
    private ExportClient client;
    private Export small;
    private Export large;
    private int requestsOfSmall;

    @BeforeAll
    void loadAndExportUndisturbed() {
        storage = FaultyStorage.before(AzuriteServer.shared(), Duration.ofMillis(2_500));
        server = SluiceServer.start(
                "--sluice.storage.kind=azure",
                "--sluice.storage.download=server",
                "--sluice.storage.azure.connection-string=" + storage.connectionString(),
                "--sluice.storage.azure.timeout=2s",
                "--sluice.export.workers=2",
                "--sluice.export.file-size=10MB");
        client = new ExportClient(server);
        Ward.load(server);
        Random random = new Random(3);
        Ward.load(server, lines(1_500, "Condition", "patient-", () -> "x"));
        Ward.load(
                server,
                lines(
                        1_500,
                        "Basic",
                        "b",
                        () -> Long.toHexString(random.nextLong()).repeat(700)));
        small = client.export(SMALL);
        large = client.export("/$export");
        storage.pass();
        client.export(SMALL);
        requestsOfSmall = storage.requests().size();
    }

    @AfterAll
    void stop() {
        server.close();
        storage.close();
    }

    static List<StorageFault> faults() {
        return FaultTally.times(0, 1) == 1
                ? StorageFault.passing()
                : List.of(StorageFault.LOST_ANSWER, StorageFault.TORN);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void exportIsTheSameThoughAShareOfAllRequestsFails(StorageFault fault) {
        Random random = new Random(7);
        storage.fail(fault, request -> random.nextInt(7) == 0);

        compare(large, export("/$export?_until=" + large.transactionTime()));

        assertThat(storage.injected()).isPositive();
        IntStream.range(0, storage.injected()).forEach(i -> TALLY.fault());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void exportIsTheSameWhicheverRequestFails(StorageFault fault) {
        int step = FaultTally.times(2, 1);
        for (int victim = 1 + faults().indexOf(fault) % step; victim <= requestsOfSmall; victim += step) {
            int number = victim;
            storage.fail(fault, request -> request.number() == number);

            compare(small, export(SMALL + "&_until=" + small.transactionTime()));

            assertThat(storage.injected()).isEqualTo(1);
            TALLY.fault();
        }
    }

    /** A refusal is not repeated, so each one breaks the download; the client goes on where it broke off. */
    @Test
    void downloadIsWholeOrSeenToBeBroken() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        storage.fail(StorageFault.FORBIDDEN, request -> request.reads() && reads.incrementAndGet() % 2 == 0);

        for (JsonNode file : large.manifest().path("output")) {
            compare(file, new Download(file.path("url").asString()));
        }

        assertThat(storage.injected()).isGreaterThan(3);
        IntStream.range(0, storage.injected()).forEach(i -> TALLY.fault());
    }

    /** It takes half a minute until the server gives up. */
    @ParameterizedTest
    @EnumSource(names = {"TRUNCATED", "TORN"})
    @EnabledIfSystemProperty(named = "faults.repeated", matches = "true")
    void downloadThatBreaksMoreOftenThanItIsRepeatedIsSeenToBeBroken(StorageFault fault) throws Exception {
        JsonNode file = large.manifest().path("output").path(0);
        String url = file.path("url").asString();
        String name = url.substring(url.lastIndexOf('/') + 1);
        AtomicInteger reads = new AtomicInteger(); // of this file: the server also reads the mark of its store
        storage.fail(
                fault, request -> request.reads() && request.target().contains(name) && reads.incrementAndGet() <= 8);
        Download download = new Download(url);

        compare(file, download);

        assertThat(download.breaks()).isPositive();
        IntStream.range(0, storage.injected()).forEach(i -> TALLY.fault());
    }

    private static void compare(JsonNode file, Download download) throws Exception {
        download.complete();
        assertThat(download.bytes())
                .hasSize(file.path("extension").path("bytes").asInt());
        assertThat(download.sha256())
                .isEqualTo(file.path("extension").path("sha256").asString());
    }

    private static void compare(Export undisturbed, Export disturbed) {
        TALLY.export(undisturbed.all(), disturbed.all());
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
    }

    /** A kick-off may be refused while the storage fails; then there is no job, and it is sent again. */
    private Export export(String path) {
        for (int i = 0; i < 10; i++) {
            int jobs = jobs();
            HttpResponse<String> kickOff = client.kickOff(path);
            if (kickOff.statusCode() == 202) {
                return client.await(kickOff);
            }
            assertThat(outcome(503, kickOff)).singleElement().asString().contains("No export can be written");
            assertThat(jobs()).isEqualTo(jobs);
        }
        throw new AssertionError("No kick-off was accepted.");
    }

    private int jobs() {
        Integer jobs = server.bean(JdbcTemplate.class).queryForObject("select count(*) from job", Integer.class);
        return jobs == null ? 0 : jobs;
    }

    private static String hashes(Export export) {
        return export.manifest().path("output").toString().replaceAll("\"url\":\"[^\"]*/", "\"");
    }

    private static String lines(int count, String type, String prefix, Supplier<String> text) {
        return IntStream.range(0, count)
                .mapToObj(n -> "{\"resourceType\":\"" + type + "\",\"id\":\"" + prefix + n + "\",\"code\":{\"text\":\""
                        + text.get() + "\"}}\n")
                .collect(Collectors.joining());
    }
}
