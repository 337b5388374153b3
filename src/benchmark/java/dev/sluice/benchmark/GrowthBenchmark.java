package dev.sluice.benchmark;

import dev.sluice.benchmark.population.Population;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Time for each resource, and memory, as the data grows: made-up populations of several sizes, each in turn. Nothing is
 * sealed: sealing goes on beside the rounds of a large size, and a later round would have less to do than the first.
 */
final class GrowthBenchmark {
    static final String NAME = "growth";

    /** Little, so that a server whose memory grew with the data would meet its limit. */
    static final String HEAP = "256m";

    private static final String DATABASE = "bench_growth";
    /** The table with its indexes, its log, and the larger of two sets of files. */
    private static final int COPIES = 4;

    /** So many resources are exported before it counts, so that small sizes do not pay for a JVM that has just begun. */
    private static final long WARM_RESOURCES = 1_000_000;

    private static final int SAMPLE_PATIENTS = 200;
    private static final int SAMPLE_MILLIS = 20;

    private final Environment environment;

    GrowthBenchmark(Environment environment) {
        this.environment = environment;
    }

    /**
     * What was measured at one size.
     *
     * @param importPeak the most memory of the server while it loaded the data, in bytes
     * @param exportPeak the most memory of the server during all exports, in bytes
     * @param memory of the server during the last export
     */
    record Step(
            long resources,
            long bytes,
            Measurement load,
            Series export,
            Series copy,
            double importPeak,
            double exportPeak,
            List<MemoryMonitor.Sample> memory) {}

    List<Step> run() {
        double perPatient;
        try (Stream<?> sample = Population.of(1, SAMPLE_PATIENTS).resources()) {
            perPatient = (double) sample.count() / SAMPLE_PATIENTS;
        }
        environment.servers().sleep();
        return environment.options().sizes().stream()
                .map(size -> step((int) Math.max(1, Math.round(size / perPatient))))
                .toList();
    }

    private Step step(int patients) {
        Path folder = environment.folder().resolve("growth");
        Dataset data = Dataset.madeUp(patients, folder);
        environment.requireSpace(COPIES * data.bytes());
        String url = environment.postgres().create(DATABASE);
        try (Server server = environment.start(NAME, url, HEAP, List.of("--sluice.seal.enabled=false"))) {
            Client client = new Client(server.base());
            Measurement load = measure(server, () -> client.load(data.files()), data.bytes());
            double importPeak = ProcessUsage.peak(server.pid());
            Dataset.erase(folder);
            LoadedData.tidy(url);
            Format.say("growth     import        %9.3f s %,12d resources", load.seconds(), load.resources());
            return exports(new RawCopy(url), server, client, url, load, importPeak);
        } finally {
            environment.postgres().drop(DATABASE);
            Dataset.erase(environment.blobs(NAME));
            Dataset.erase(folder);
        }
    }

    private Step exports(RawCopy rows, Server server, Client client, String url, Measurement load, double importPeak) {
        RawCopy.Size size = rows.size();
        Path file = environment.folder().resolve("growth.txt");
        Series exports = new Series();
        Series copies = new Series();
        List<MemoryMonitor.Sample> memory = List.of();
        int warm = (int) Math.max(1, WARM_RESOURCES / Math.max(1, size.resources()));
        for (int round = 1 - warm; round <= environment.options().rounds(); round++) {
            Measurement copy = measure(
                    server,
                    () -> {
                        rows.toFile("true", file);
                        return size.resources();
                    },
                    size.bytes());
            file.toFile().delete();
            List<Client.Export> done = new ArrayList<>();
            MemoryMonitor watched = MemoryMonitor.watch(server.pid(), SAMPLE_MILLIS);
            Measurement export = measure(
                    server,
                    () -> {
                        done.add(client.export("/$export"));
                        return done.get(0).resources();
                    },
                    size.bytes());
            memory = watched.end();
            Environment.release(url, client, done.get(0));
            if (round == 0) {
                ProcessUsage.forgetPeak(server.pid());
            } else if (round > 0) {
                copies.add(copy);
                exports.add(export);
            }
            Format.say(
                    "growth     round %d/%d %9.3f s for %,d resources, COPY %.3f s",
                    round, environment.options().rounds(), export.seconds(), export.resources(), copy.seconds());
        }
        return new Step(
                size.resources(),
                size.bytes(),
                load,
                exports,
                copies,
                importPeak,
                ProcessUsage.peak(server.pid()),
                memory);
    }

    private Measurement measure(Server server, LongSupplier work, long bytes) {
        double cpu = ProcessUsage.cpu(server.pid());
        double postgres = environment.postgres().cpu();
        long begun = System.nanoTime();
        long resources = work.getAsLong();
        return new Measurement(
                (System.nanoTime() - begun) / 1e9,
                resources,
                bytes,
                ProcessUsage.cpu(server.pid()) - cpu,
                environment.postgres().cpu() - postgres,
                ProcessUsage.peak(server.pid()));
    }
}
