package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Done;
import dev.sluice.benchmark.Scenario.Group;
import java.util.Collections;
import java.util.List;

/** What does not depend on the number of resources: a small export, many of them, and the start of a server. */
final class SmallScenarios {
    private static final String LOCAL = "local";
    private static final String PATH = "/$export?_type=" + LoadedData.SMALL_TYPE;
    private static final int AT_ONCE = 50;

    private final Environment environment;

    SmallScenarios(Environment environment) {
        this.environment = environment;
    }

    List<Scenario> all() {
        return List.of(
                new Scenario(
                        "small",
                        Group.SMALL,
                        "12 resources",
                        LOCAL,
                        ExportScenarios.exporting(environment, LOCAL, PATH),
                        List.of()),
                new Scenario(
                        "fifty",
                        Group.SMALL,
                        AT_ONCE + " exports of 12 resources, kicked off at once",
                        LOCAL,
                        this::fifty,
                        List.of(timeOf("small"))),
                new Scenario(
                        "startup",
                        Group.SMALL,
                        "`java -jar sluice.jar` until ready, the rows being there",
                        "",
                        this::start,
                        List.of()));
    }

    private Done fifty() {
        Client client = environment.client(LOCAL);
        List<Client.Export> exports =
                Parallel.each(Collections.nCopies(AT_ONCE, PATH), AT_ONCE, path -> client.export(path));
        return Done.of(
                exports.stream().mapToLong(Client.Export::resources).sum(),
                exports.stream().mapToLong(Client.Export::bytes).sum(),
                () -> exports.forEach(export -> environment.release(client, export)));
    }

    private Done start() {
        Server server = environment.start(
                "startup", environment.url(), environment.options().heap(), List.of());
        return new Done(0, 0, List.of(server), server::close);
    }
}
