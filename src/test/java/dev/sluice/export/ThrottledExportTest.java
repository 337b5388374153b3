package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.store.RowStream;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Exports that leave something to others, as they were told. */
@SlowTest
class ThrottledExportTest {
    private static final int MB = 1_000_000;

    private @Nullable SluiceServer running;

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void workersShareOneLimitAndTheStatusSaysWhatHoldsThemBack() {
        start("--sluice.export.max-bytes-per-second=2000000B", "--sluice.export.workers=2");
        load(200, 20_000);

        long begun = System.nanoTime();
        String job = kickOff();
        await().until(() -> progress(job).endsWith(", held back by sluice.export.max-bytes-per-second"));
        ExportClient.Export export = client().download(client().awaitEnd(job));
        Duration time = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(export.all()).hasSize(200);
        assertThat(export.manifest().path("output").size()).isGreaterThan(4);
        // 4 MB, but for a quarter of a second's worth at the beginning, and what is left of each unit's last step.
        assertThat(time).isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(8));
        assertThat(heldBackSeconds("sluice.export.max-bytes-per-second")).isGreaterThan(1.5);
    }

    @Test
    void aSmallExportEndsWhileALargeOneHasAllWorkers() {
        start("--sluice.export.max-bytes-per-second=500000B", "--sluice.export.workers=2");
        load(1_000, 20_000);
        server().put("/Organization/o", "application/fhir+json", "{\"resourceType\":\"Organization\",\"id\":\"o\"}");
        String large = kickOff();
        await().until(() -> progress(large).endsWith(", held back by sluice.export.max-bytes-per-second"));

        assertThat(client().export("/$export?_type=Organization").all()).hasSize(1);

        assertThat(server().get(large).statusCode())
                .as("the large one still runs")
                .isEqualTo(202);
        assertThat(server().delete(large).statusCode()).isEqualTo(202);
    }

    @Test
    void aWaitThatIsLongerThanTheStallLimitIsNoStall() {
        start(
                "--sluice.export.max-bytes-per-second=1000000B",
                "--sluice.export.stall-limit=500ms",
                "--sluice.export.patience=1s");
        load(1, 3 * MB);

        long begun = System.nanoTime();
        ExportClient.Export export = client().export("/$export");

        assertThat(export.all()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(2_700));
    }

    /** PostgreSQL has sent all rows by then, and waits in the middle of the read's transaction for its next statement. */
    @Test
    void aReaderThatIsHeldBackForLongerThanWritersMayBeIdleIsNotCutOff() {
        start(
                "--spring.datasource.hikari.connection-init-sql=set idle_in_transaction_session_timeout = '1s'",
                "--sluice.export.max-bytes-per-second=500000B",
                "--sluice.export.patience=1s");
        load(100, 15_000);

        assertThat(client().export("/$export?_type=Basic").all()).hasSize(100);
    }

    @Test
    void aHeldBackExportIsGoneSoonAfterItIsCancelled() {
        start("--sluice.export.max-bytes-per-second=100000B");
        load(1, 10 * MB);
        String job = kickOff();
        await().until(() -> progress(job).contains("held back"));

        long cancelled = System.nanoTime();
        assertThat(server().delete(job).statusCode()).isEqualTo(202);
        await().until(() -> count("job") == 0);

        assertThat(Duration.ofNanos(System.nanoTime() - cancelled)).isLessThan(Duration.ofSeconds(10));
        assertThat(reads()).isZero();
    }

    @Test
    void fourWorkersReadOnOneConnectionIfThereIsToBeNoMore() {
        start(
                "--sluice.export.max-database-connections=1",
                "--sluice.export.workers=4",
                "--sluice.export.max-bytes-per-second=4000000B");
        load(200, 20_000);

        assertThat(mostReadsOfAnExport()).isEqualTo(1);
        assertThat(heldBackSeconds("sluice.export.max-database-connections")).isPositive();
        assertThat(client().export("/$export?_type=Basic&organizeOutputBy=Basic")
                        .manifest())
                .as("a plan that needs two")
                .isNotNull();
    }

    @Test
    void fourWorkersReadOnAsManyConnectionsOtherwise() {
        start("--sluice.export.workers=4", "--sluice.export.max-bytes-per-second=4000000B");
        load(200, 20_000);

        assertThat(mostReadsOfAnExport()).isGreaterThan(1);
    }

    @Test
    void requestsFindAConnectionBesideMoreWorkersThanThePoolHas() {
        start(
                "--spring.datasource.hikari.maximum-pool-size=5",
                "--sluice.export.max-database-connections=2",
                "--sluice.export.workers=8",
                "--sluice.export.max-bytes-per-second=2000000B");
        load(200, 20_000);
        server().get("/Basic/b1");
        String job = kickOff();
        await().until(() -> reads() == 2);

        int served = 0;
        while (server().get(job).statusCode() == 202) {
            assertThat(server().get("/Basic/b" + served % 200).statusCode()).isEqualTo(200);
            served++;
        }
        assertThat(served).isGreaterThan(10); // one that waits for the workers is served when the export ends
        assertThat(client().download(client().awaitEnd(job)).all()).hasSize(200);
    }

    @Test
    void aUnitGivesWayWhileSomebodyWaitsForAConnection() throws Exception {
        start(
                "--sluice.export.file-size=64MB",
                "--sluice.export.workers=1",
                "--sluice.export.max-bytes-per-second=4000000B",
                "--spring.datasource.hikari.maximum-pool-size=5");
        load(800, 20_000);
        String job = kickOff();
        await().until(() -> reads() == 1);
        assertThat(heldBackSeconds("sluice.export.yield")).isZero();

        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(server().bean(DataSource.class).getConnection());
        }
        CompletableFuture<Long> waits = CompletableFuture.supplyAsync(() -> count("resource"));
        await().until(() -> heldBackSeconds("sluice.export.yield") > 0);
        for (Connection connection : taken) {
            connection.close();
        }

        assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo(800);
        assertThat(client().download(client().awaitEnd(job)).all()).hasSize(800);
    }

    @Test
    void aLimitThatLeavesRequestsNoConnectionIsRefusedAtTheStart() {
        assertThatThrownBy(() -> start("--sluice.export.max-database-connections=30"))
                .hasStackTraceContaining(
                        "sluice.export.max-database-connections is 30, but the pool has 30 connections, and"
                                + " requests need some of them. Set it to 29 or less, or enlarge the pool by"
                                + " spring.datasource.hikari.maximum-pool-size.");
    }

    @Test
    void limitsBelowOneAreRefusedAtTheStart() {
        assertThatThrownBy(() -> start("--sluice.export.max-database-connections=0"))
                .hasStackTraceContaining(
                        "sluice.export.max-database-connections is 0; it must be 1 or more, or left out,"
                                + " for no other limit than sluice.export.workers");
        assertThatThrownBy(() -> start("--sluice.export.max-bytes-per-second=0B"))
                .hasStackTraceContaining(
                        "sluice.export.max-bytes-per-second is 0B; it must be 1B or more, or left out");
    }

    private void start(String... options) {
        String[] all = new String[options.length + 1];
        System.arraycopy(options, 0, all, 1, options.length);
        all[0] = "--sluice.export.file-size=512KB";
        running = SluiceServer.start(all);
    }

    private SluiceServer server() {
        return Objects.requireNonNull(running);
    }

    private ExportClient client() {
        return new ExportClient(server());
    }

    private void load(int resources, int bytes) {
        Ward.load(
                server(),
                IntStream.range(0, resources)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\""
                                + "x".repeat(bytes) + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    private String kickOff() {
        return client().kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
    }

    private String progress(String job) {
        return server().get(job).headers().firstValue("X-Progress").orElse("none");
    }

    private long mostReadsOfAnExport() {
        String job = kickOff();
        long most = 0;
        while (server().get(job).statusCode() == 202) {
            most = Math.max(most, reads());
        }
        assertThat(client().download(client().awaitEnd(job)).all()).hasSize(200);
        return most;
    }

    /** The threads that read rows, each on a connection of its own. */
    private static long reads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(frames -> Arrays.stream(frames)
                        .anyMatch(frame -> frame.getClassName().equals(RowStream.class.getName())))
                .count();
    }

    private long count(String from) {
        Long count = server().bean(JdbcTemplate.class).queryForObject("select count(*) from " + from, Long.class);
        return count == null ? 0 : count;
    }

    private double heldBackSeconds(String by) {
        String name = "sluice_export_held_back_seconds_sum{by=\"" + by + "\"} ";
        return server().get(server().root() + "/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }
}
