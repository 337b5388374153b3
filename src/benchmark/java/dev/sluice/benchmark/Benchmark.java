package dev.sluice.benchmark;

import dev.sluice.benchmark.Scenario.Against;
import dev.sluice.benchmark.Scenario.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/** {@code ./mvnw -Pbench verify}; docs/benchmark.md says what is measured, how, and with which options. */
public final class Benchmark {
    private static final Path FOLDER = Path.of("target", "bench").toAbsolutePath();

    /** The rows, their copies in files and in other databases, and what Azurite has not erased yet. */
    private static final int COPIES = 8;

    private final Environment environment;
    private final Dataset data;

    private Benchmark(Environment environment, Dataset data) {
        this.environment = environment;
        this.data = data;
    }

    /** Runs it all; ends with status 1 and a sentence if that does not succeed. */
    public static void main(String[] arguments) {
        LoggingSystem.get(Benchmark.class.getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
        try {
            Options options = Options.ofSystemProperties();
            Dataset.erase(FOLDER);
            FOLDER.toFile().mkdirs();
            Path folder = options.data();
            Dataset data = folder == null
                    ? Dataset.madeUp(options.patients(), FOLDER.resolve("data"))
                    : Dataset.of(folder.toAbsolutePath());
            String given = options.database();
            Postgres postgres = given == null ? Postgres.start(FOLDER.resolve("postgres")) : Postgres.at(given);
            try (ServerPool servers = new ServerPool()) {
                new Benchmark(new Environment(options, FOLDER, postgres, postgres.url(), servers), data).run();
            }
        } catch (BenchmarkException | IllegalArgumentException e) {
            System.err.println("The benchmark ended: " + e.getMessage());
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0); // also if something still waits
    }

    private void run() {
        environment.requireSpace(COPIES * data.bytes());
        List<String> about = new ArrayList<>(MachineInfo.about(environment.options(), environment.postgres()));
        about.add("Data: " + (isFilled() ? "what an earlier run has left in the database" : data.about()));
        about.forEach(line -> Format.say("%s", line));
        Map<Scenario, Series> measured = Map.of();
        Map<Group, String> notes = new EnumMap<>(Group.class);
        List<Scenario> scenarios = scenarios();
        if (!scenarios.isEmpty()) {
            measured = new Rounds(environment.servers(), environment.postgres())
                    .run(
                            scenarios,
                            environment.options().warmUp(),
                            environment.options().rounds());
            List<String> exports = new ArrayList<>();
            if (has(scenarios, "gzip")) {
                exports.add(gzipSize().sentence());
            }
            if (has(scenarios, Deidentified.NAME)) {
                exports.add(Deidentified.sentence(measured));
            }
            notes.put(Group.EXPORTS, String.join("\n\n", exports));
            if (has(scenarios, "upload")) {
                notes.put(Group.STORAGE, "Azurite runs on Node.js " + MachineInfo.command("node", "--version") + ".");
            }
        }
        List<GrowthBenchmark.Step> growth =
                environment.options().wants(GrowthBenchmark.NAME) ? new GrowthBenchmark(environment).run() : List.of();
        Report report = new Report(about, measured, notes, growth);
        report.tables().values().forEach(table -> Format.say("%n%s", table));
        BenchmarkPage.leave(report, FOLDER);
        if (environment.options().write()) {
            BenchmarkPage.publish(report);
        }
        Format.say("Tables, charts and all measurements are in %s.", FOLDER);
    }

    private boolean isFilled() {
        return Postgres.text(environment.url(), "select to_regclass('resource')") != null
                && Postgres.number(environment.url(), "select count(*) from resource") > 0;
    }

    /** Those that are wanted, and those that they are compared with; in one order, whatever was asked for. */
    private List<Scenario> scenarios() {
        Set<String> only = environment.options().only();
        if (only.equals(Set.of(GrowthBenchmark.NAME))) {
            return List.of();
        }
        ExportScenarios.plan(environment);
        LoadedData loaded = LoadedData.in(environment, environment.client("local"), data);
        List<Scenario> all = new ArrayList<>(new ExportScenarios(environment, loaded).all());
        all.add(new Deidentified(environment).scenario());
        all.addAll(new PartsAlone(environment).all());
        all.addAll(new StorageScenarios(environment).all());
        if (environment.options().wantsAny("copy-in", "import", "import-job")) {
            all.addAll(ImportScenarios.in(environment, data).all());
        }
        all.addAll(new SmallScenarios(environment).all());
        Set<String> wanted = new LinkedHashSet<>();
        for (Scenario scenario : all) {
            if (environment.options().wants(scenario.name())) {
                wanted.add(scenario.name());
                scenario.against().stream().map(Against::scenario).forEach(wanted::add);
            }
        }
        return all.stream().filter(scenario -> wanted.contains(scenario.name())).toList();
    }

    private static boolean has(List<Scenario> scenarios, String name) {
        return scenarios.stream().anyMatch(scenario -> scenario.name().equals(name));
    }

    private GzipSize gzipSize() {
        Client client = environment.client("gzip");
        Client.Export export = client.export("/$export");
        GzipSize size = GzipSize.of(environment.files("gzip", export));
        environment.release(client, export);
        return size;
    }
}
