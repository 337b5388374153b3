package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobStore;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Two processes on one database and one folder; one of them is killed. */
@Tag(FaultTally.TAG)
class KilledProcessTest {
    private static final int RESOURCES = 40_000;

    @TempDir
    Path home;

    private String database;
    private String[] options;
    private SluiceServer survivor;
    private ExportClient client;

    @BeforeEach
    void load() {
        database = TestDatabase.freshUrl();
        options = new String[] {
            "--spring.datasource.url=" + database,
            "--sluice.home=" + home,
            "--sluice.export.workers=1",
            "--sluice.export.file-size=1MB"
        };
        survivor = SluiceServer.start(options);
        client = new ExportClient(survivor);
        Random random = new Random(3);
        Ward.load(
                survivor,
                IntStream.range(0, RESOURCES)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + Long.toHexString(random.nextLong()).repeat(50) + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterEach
    void stop() {
        survivor.close();
        TestDatabase.drop(database);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOtherProcessFinishesTheExportAsIfNothingHadHappened(long seed) throws Exception {
        String job;
        try (SluiceProcess victim = SluiceProcess.start(home.resolve("victim.log"), options)) {
            HttpResponse<String> kickOff = client.kickOff(victim.base() + "/$export");
            job = kickOff.headers().firstValue("Content-Location").orElseThrow();
            Thread.sleep(new Random(seed).nextInt(600));
            victim.kill();
            FaultTally.of(KilledProcessTest.class).fault();
        }

        HttpResponse<String> end =
                client.awaitEnd(job.replaceFirst(".*/fhir", survivor.base().toString()));
        Export disturbed = client.download(end);
        Export undisturbed = client.export("/$export?_until=" + disturbed.transactionTime());

        assertThat(disturbed.all()).hasSize(RESOURCES);
        FaultTally.of(KilledProcessTest.class).export(undisturbed.all(), disturbed.all());
        assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
        assertThat(hashes(disturbed)).isEqualTo(hashes(undisturbed));
    }

    @Test
    void aCancelledExportLeavesNoFileWhoeverRanIt() throws Exception {
        try (SluiceProcess victim = SluiceProcess.start(home.resolve("victim.log"), options)) {
            String job = client.kickOff(victim.base() + "/$export?_container=named")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            Thread.sleep(200);
            assertThat(survivor.delete(
                                    job.replaceFirst(".*/fhir", survivor.base().toString()))
                            .statusCode())
                    .isEqualTo(202);
            victim.kill();
        }

        await().atMost(Duration.ofSeconds(40))
                .until(() -> Integer.valueOf(0)
                        .equals(survivor.bean(JdbcTemplate.class)
                                .queryForObject("select count(*) from job", Integer.class)));
        assertThat(survivor.bean(BlobStore.class).list("named", "")).isEmpty();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, FaultTally.times(5, 50));
    }

    private static String hashes(Export export) {
        return export.manifest().path("output").toString().replaceAll("\"url\":\"[^\"]*/", "\"");
    }
}
