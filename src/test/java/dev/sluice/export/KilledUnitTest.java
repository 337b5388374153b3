package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** A unit whose process is killed each time that it runs. */
@SlowTest
@Tag(FaultTally.TAG)
class KilledUnitTest {
    private static final int BEGINNINGS = 3;

    @TempDir
    private Path home;

    @Test
    void aUnitWhoseProcessDiesEachTimeEndsItsJobAfterThreeBeginnings() throws Exception {
        String database = TestDatabase.freshUrl();
        try (SluiceServer onlooker = SluiceServer.start(
                "--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api")) {
            ExportClient client = new ExportClient(onlooker);
            Ward.load(onlooker, basics());
            HttpResponse<String> kickOff = client.kickOff("/$export");
            JdbcTemplate jdbc = onlooker.bean(JdbcTemplate.class);
            for (int n = 1; n <= BEGINNINGS; n++) {
                int beginning = n;
                try (SluiceProcess process = process(database, n)) {
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> Integer.valueOf(beginning)
                                    .equals(jdbc.queryForObject(
                                            "select max(attempts) from work_unit where lease_owner is not null",
                                            Integer.class)));
                    process.kill();
                }
                FaultTally.of(KilledUnitTest.class).fault();
            }
            try (SluiceProcess process = process(database, BEGINNINGS + 1)) {
                HttpResponse<String> end = client.awaitEnd(
                        kickOff.headers().firstValue("Content-Location").orElseThrow());

                assertThat(outcome(500, end)).singleElement().asString().contains("started 3 times", "memory");
                assertThat(process.isReady()).isTrue();
            }
        } finally {
            TestDatabase.drop(database);
        }
    }

    /** A process whose units take minutes. */
    private SluiceProcess process(String database, int number) throws Exception {
        return SluiceProcess.start(
                home.resolve("process-" + number + ".log"),
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.lease=1s",
                "--sluice.export.workers=1",
                "--sluice.export.max-bytes-per-second=1000B");
    }

    private static String basics() {
        return IntStream.range(0, 3_000)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                        + "x".repeat(1_000) + "\"}}\n")
                .collect(Collectors.joining());
    }
}
