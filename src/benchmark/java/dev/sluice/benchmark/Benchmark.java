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

/** {@code ./mvnw -Pbenchmark verify}; docs/benchmark.md says what is measured, how, and with which options. */
public final class Benchmark {
    private static final Path FOLDER = Path.of("target", "bench").toAbsolutePath();

    /** The rows, their copies in files and in other databases, and what Azurite has not erased yet. */
    private static final int COPIES = 8;

    private final Site site;
    private final Dataset data;

    private Benchmark(Site site, Dataset data) {
        this.site = site;
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
            try (Fleet fleet = new Fleet()) {
                new Benchmark(new Site(options, FOLDER, postgres, postgres.url(), fleet), data).run();
            }
        } catch (BenchmarkFault | IllegalArgumentException e) {
            System.err.println("The benchmark ended: " + e.getMessage());
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0); // also if something still waits
    }

    private void run() {
        site.requireSpace(COPIES * data.bytes());
        List<String> about = new ArrayList<>(Machine.about(site.options(), site.postgres()));
        about.add("Data: " + (isFilled() ? "what an earlier run has left in the database" : data.about()));
        about.forEach(line -> Text.say("%s", line));
        Map<Scenario, Series> measured = Map.of();
        Map<Group, String> notes = new EnumMap<>(Group.class);
        List<Scenario> scenarios = scenarios();
        if (!scenarios.isEmpty()) {
            measured = new Rounds(site.fleet(), site.postgres())
                    .run(scenarios, site.options().warmUp(), site.options().rounds());
            if (has(scenarios, "gzip")) {
                notes.put(Group.EXPORTS, gzipSize().sentence());
            }
            if (has(scenarios, "upload")) {
                notes.put(Group.STORAGE, "Azurite runs on Node.js " + Machine.command("node", "--version") + ".");
            }
        }
        List<Growth.Step> growth = site.options().wants(Growth.NAME) ? new Growth(site).run() : List.of();
        Report report = new Report(about, measured, notes, growth);
        report.tables().values().forEach(table -> Text.say("%n%s", table));
        Page.leave(report, FOLDER);
        if (site.options().write()) {
            Page.publish(report);
        }
        Text.say("Tables, charts and all measurements are in %s.", FOLDER);
    }

    private boolean isFilled() {
        return Postgres.text(site.url(), "select to_regclass('resource')") != null
                && Postgres.number(site.url(), "select count(*) from resource") > 0;
    }

    /** Those that are wanted, and those that they are compared with; in one order, whatever was asked for. */
    private List<Scenario> scenarios() {
        Set<String> only = site.options().only();
        if (only.equals(Set.of(Growth.NAME))) {
            return List.of();
        }
        ExportScenarios.plan(site);
        Stock stock = Stock.in(site, site.client("local"), data);
        List<Scenario> all = new ArrayList<>(new ExportScenarios(site, stock).all());
        all.addAll(new PartsAlone(site).all());
        all.addAll(new StorageScenarios(site).all());
        if (site.options().wantsAny("copy-in", "import", "import-job")) {
            all.addAll(ImportScenarios.in(site, data).all());
        }
        all.addAll(new SmallScenarios(site).all());
        Set<String> wanted = new LinkedHashSet<>();
        for (Scenario scenario : all) {
            if (site.options().wants(scenario.name())) {
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
        Client client = site.client("gzip");
        Client.Export export = client.export("/$export");
        GzipSize size = GzipSize.of(site.files("gzip", export));
        site.release(client, export);
        return size;
    }
}
