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

    private final Site site;

    PartsAlone(Site site) {
        this.site = site;
    }

    /** Those that are wanted, by name; each fills a database of its own. */
    List<Scenario> all() {
        return List.of("group", "typefilter").stream()
                .filter(part -> site.options().wants(part + "-alone"))
                .map(part -> alone(part, part + "-alone"))
                .toList();
    }

    private Scenario alone(String part, String name) {
        String url = site.postgres().create("bench_" + part + "_alone");
        site.plan(name, url, SETTINGS);
        Client.Export export = site.client(LOCAL).export(ExportScenarios.path(part));
        List<Path> files = site.files(LOCAL, export);
        site.client(name).load(files);
        site.release(site.client(LOCAL), export);
        Stock.tidy(url);
        return new Scenario(
                name,
                Group.EXPORTS,
                "system, of a store with the resources of `" + part + "` alone",
                name,
                ExportScenarios.exporting(site, name, url, "/$export"),
                List.of(timeOf(part)));
    }
}
