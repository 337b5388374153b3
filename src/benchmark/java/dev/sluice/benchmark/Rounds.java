package dev.sluice.benchmark;

import dev.sluice.benchmark.Scenario.Done;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs all scenarios in turn, round after round, so that what disturbs the machine disturbs all of them alike. */
final class Rounds {
    private final ServerPool servers;
    private final Postgres postgres;

    Rounds(ServerPool servers, Postgres postgres) {
        this.servers = servers;
        this.postgres = postgres;
    }

    /** Rounds that warm up and do not count, then those that do. */
    Map<Scenario, Series> run(List<Scenario> scenarios, int warmUp, int rounds) {
        Map<Scenario, Series> measured = new LinkedHashMap<>();
        for (int round = 1 - warmUp; round <= rounds; round++) {
            for (Scenario scenario : scenarios) {
                Measurement measurement = measure(scenario);
                print(round > 0 ? "round " + round + "/" + rounds : "warm-up", scenario, measurement);
                if (round > 0) {
                    measured.computeIfAbsent(scenario, key -> new Series()).add(measurement);
                }
            }
        }
        return measured;
    }

    private Measurement measure(Scenario scenario) {
        long client = ProcessHandle.current().pid();
        long server = 0;
        if (scenario.server().isEmpty()) {
            servers.sleep();
        } else {
            server = servers.awake(scenario.server()).pid();
            ProcessUsage.forgetPeak(server);
        }
        double clientCpu = ProcessUsage.cpuWithEnded(client);
        double serverCpu = server == 0 ? 0 : ProcessUsage.cpu(server);
        double postgresCpu = postgres.cpu();
        long begun = System.nanoTime();

        Done done = scenario.work().run();

        double seconds = (System.nanoTime() - begun) / 1e9;
        if (!done.server().isEmpty()) {
            server = done.server().get(0).pid();
        }
        Measurement measurement = new Measurement(
                seconds,
                done.resources(),
                done.bytes(),
                server == 0 ? ProcessUsage.cpuWithEnded(client) - clientCpu : ProcessUsage.cpu(server) - serverCpu,
                postgres.cpu() - postgresCpu,
                server == 0 ? Double.NaN : ProcessUsage.peak(server));
        done.cleanUp().run();
        return measurement;
    }

    private static void print(String round, Scenario scenario, Measurement measurement) {
        Format.say(
                "%-10s %-13s %9.3f s %,12d resources %,12.0f/s %8.1f MB/s",
                round,
                scenario.name(),
                measurement.seconds(),
                measurement.resources(),
                measurement.resourcesPerSecond(),
                measurement.megabytesPerSecond());
    }
}
