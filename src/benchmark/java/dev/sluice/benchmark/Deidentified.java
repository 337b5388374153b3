package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Done;
import dev.sluice.benchmark.Scenario.Group;
import java.util.List;
import java.util.Map;

/**
 * A de-identified export: the rows of {@code system-rows} with the rules of a preset. It has a server of its own, so that its
 * memory is not that of another scenario.
 */
final class Deidentified {
    static final String NAME = "deidentified";

    private static final String ROWS = "system-rows";
    private static final String CONTAINER = "bench-deidentified";

    /** What the developers of another open engine state for one thread, in resources per second. */
    private static final double OTHER_ENGINE = 900;

    private final Environment environment;

    Deidentified(Environment environment) {
        this.environment = environment;
    }

    Scenario scenario() {
        environment.plan(NAME, List.of());
        return new Scenario(
                NAME,
                Group.EXPORTS,
                "system, with the rules `preset:safe-harbor`",
                NAME,
                this::export,
                List.of(timeOf(ROWS)));
    }

    private Done export() {
        Client client = environment.client(NAME);
        Client.Export export = client.export(
                "/$export?_container=" + CONTAINER + "&_anonymizationConfig=" + Client.encode("preset:safe-harbor"));
        return Done.of(export.resources(), export.bytes(), () -> {
            environment.release(client, export);
            Dataset.erase(environment.blobs(NAME).resolve(CONTAINER)); // the container of a client is not erased
        });
    }

    /** Throughput and memory, for the note below the table. */
    static String sentence(Map<Scenario, Series> measured) {
        Series deidentified = series(measured, NAME);
        double rate = deidentified.median(Measurement::resourcesPerSecond);
        double perCpuSecond = deidentified.median(one -> one.resources() / (one.cpu() + one.postgresCpu()));
        List<Measurement> rounds = deidentified.all();
        return "De-identified by `preset:safe-harbor`: " + Format.whole(rate) + " resources/s, which is "
                + Format.number(rate / series(measured, ROWS).median(Measurement::resourcesPerSecond))
                + " of the throughput of `" + ROWS + "`. Another open engine states " + Format.whole(OTHER_ENGINE)
                + " resources/s for a thread. Here it is " + perCore(rate / MachineInfo.CORES) + " for each of "
                + MachineInfo.CORES + " cores, and " + perCore(perCpuSecond)
                + " for a CPU second of the server and PostgreSQL together. The peak of the server's memory is "
                + Format.whole(rounds.get(0).peak() / 1e6) + " MB in the first round and "
                + Format.whole(rounds.get(rounds.size() - 1).peak() / 1e6) + " MB in the last, with "
                + Format.megabytes(deidentified.median(Measurement::bytes)) + " MB of output.";
    }

    private static String perCore(double resources) {
        return Format.whole(resources) + " (" + Format.number(resources / OTHER_ENGINE) + " times as many)";
    }

    private static Series series(Map<Scenario, Series> measured, String name) {
        return measured.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }
}
