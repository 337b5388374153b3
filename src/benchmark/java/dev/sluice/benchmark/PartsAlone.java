package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Group;
import java.nio.file.Path;
import java.util.List;

/**
 * The resources of a part of the data, exported from a store that holds nothing else: what they cost where nothing has to
 * be looked for. Nothing is sealed there.
 */
final class PartsAlone {
    private static final String LOCAL = "local";
    private static final List<String> SETTINGS = List.of("--sluice.seal.enabled=false");

    private final Environment environment;

    PartsAlone(Environment environment) {
        this.environment = environment;
    }

    /** Those that are wanted, by name; each fills a database of its own. */
    List<Scenario> all() {
        return List.of("group", "typefilter").stream()
                .filter(part -> environment.options().wants(part + "-alone"))
                .map(part -> alone(part, part + "-alone"))
                .toList();
    }

    private Scenario alone(String part, String name) {
        String url = environment.postgres().create("bench_" + part + "_alone");
        environment.plan(name, url, SETTINGS);
        Client.Export export = environment.client(LOCAL).export(ExportScenarios.path(part));
        List<Path> files = environment.files(LOCAL, export);
        environment.client(name).load(files);
        environment.release(environment.client(LOCAL), export);
        LoadedData.tidy(url);
        return new Scenario(
                name,
                Group.EXPORTS,
                "system, of a store with the resources of `" + part + "` alone",
                name,
                ExportScenarios.exporting(environment, name, url, "/$export"),
                List.of(timeOf(part)));
    }
}
