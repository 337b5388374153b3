package dev.sluice.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceProcess;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mixed load on one server with a heap of 256 MB, for the minutes of the system property {@code soak.minutes}: exports,
 * imports, Bundles, reads, slow clients and attacks. {@code soak.write} puts the figures into the documentation.
 */
class SoakTest {
    private static final int MINUTES = Integer.getInteger("soak.minutes", 60);

    /** The rest is for the machine, which runs the database and the clients too. */
    private static final double IN_TIME = 0.95;

    private static final Path RESULT = Path.of("target", "soak");

    @TempDir
    private Path home;

    private final Tally tally = new Tally();

    @Test
    void anHourOfMixedLoadLeavesTheServerAsItWas() throws Exception {
        Files.createDirectories(RESULT);
        String database = TestDatabase.freshUrl();
        Path log = RESULT.resolve("server.log");
        Path root = Files.createDirectories(home.resolve("in"));
        try (SluiceProcess server = SluiceProcess.start(
                log,
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--sluice.import.root=" + root,
                "--sluice.export.workers=2",
                "--sluice.export.max-open-jobs=20",
                "--sluice.export.retention=30s",
                "--sluice.export.layout=azure",
                "--sluice.history=1m",
                "--sluice.seal.after=30s")) {
            SoakReport report = run(server, database, root);

            report.leave(RESULT);
            System.out.println(report.text() + "\n" + report.answers());
            require(report, server);
            if (Boolean.getBoolean("soak.write")) {
                report.publish();
            }
        } finally {
            TestDatabase.drop(database);
        }
        assertThat(Files.readString(log)).doesNotContain("OutOfMemoryError", " ERROR ");
    }

    private SoakReport run(SluiceProcess server, String database, Path root) throws Exception {
        Map<String, LoadClient> all = new ConcurrentHashMap<>();
        Function<String, LoadClient> clients =
                name -> all.computeIfAbsent(name, key -> new LoadClient(server.base(), key, tally));
        KeptResources kept = new KeptResources();
        fill(clients.apply("load"), kept);
        ExportLoad exports = new ExportLoad(clients, kept);
        WriteLoad writes = new WriteLoad(clients, root);
        AttackLoad attacks = new AttackLoad(clients);
        try (ServerMonitor monitor = new ServerMonitor(server, home, database, tally, MINUTES);
                SlowLoad slow = new SlowLoad(server.base().getPort())) {
            try (Load load = new Load(tally)) {
                exports.begin(load);
                writes.begin(load);
                attacks.begin(load);
                slow.begin(load);
                monitor.begin();
                awaitEnd(server);
            }
            exports.compareChain(writes.written());
            return new SoakReport(monitor.samples(), monitor.probes(), tally, slow.count(), MINUTES);
        }
    }

    private static void awaitEnd(SluiceProcess server) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        while (System.nanoTime() < end && process.isAlive()) {
            Thread.sleep(1_000);
        }
        assertThat(process.isAlive()).as("the server lives").isTrue();
    }

    private static void fill(LoadClient client, KeptResources kept) throws IOException, InterruptedException {
        HttpRequest.Builder load =
                client.request("POST", "/$import", LoadClient.bytes(kept.ndjson()), "Content-Type", LoadClient.NDJSON);
        assertThat(client.send(load, 200).statusCode()).isEqualTo(200);
    }

    private void require(SoakReport report, SluiceProcess server) throws InterruptedException {
        assertThat(tally.faults()).isEmpty();
        assertThat(server.isReady()).isTrue();
        assertThat(report.livenessShare()).as("probes answered within a second").isGreaterThan(IN_TIME);
        assertThat(report.growth()).isEmpty();
    }
}
