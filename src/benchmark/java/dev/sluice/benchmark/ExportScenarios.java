package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.perResourceOf;
import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Against;
import dev.sluice.benchmark.Scenario.Done;
import dev.sluice.benchmark.Scenario.Group;
import dev.sluice.benchmark.Scenario.Work;
import java.nio.file.Path;
import java.util.List;

/** Exports to the local store, beside the same rows read by COPY alone. */
final class ExportScenarios {
    private static final String LOCAL = "local";

    private final Environment environment;
    private final LoadedData loaded;
    private final RawCopy rows;
    private final RawCopy.Size size;

    ExportScenarios(Environment environment, LoadedData loaded) {
        this.environment = environment;
        this.loaded = loaded;
        this.rows = new RawCopy(environment.url());
        this.size = rows.size();
    }

    /** Plans the servers that the scenarios need. */
    static void plan(Environment environment) {
        environment.plan(LOCAL, List.of());
        environment.plan("one", List.of("--sluice.export.workers=1"));
        environment.plan("gzip", List.of("--sluice.export.compression=gzip"));
    }

    List<Scenario> all() {
        String psql = MachineInfo.HAS_PSQL ? "`psql … COPY … > file`" : "COPY by the driver to a file";
        return List.of(
                bound("copy-text", psql + ", 1 stream", text(1)),
                bound("copy-text-2", psql + ", 2 streams", text(2)),
                bound("copy-binary", "COPY BINARY, dropped by the driver, " + streams(), binary(MachineInfo.CORES)),
                export("system-1", "system, 1 worker", "one", "/$export", List.of(timeOf("copy-text"))),
                export(
                        "system",
                        "system, " + MachineInfo.CORES + " workers",
                        LOCAL,
                        "/$export",
                        List.of(timeOf("copy-text"), timeOf("copy-text-2"), timeOf("copy-binary"))),
                export(
                        "system-rows",
                        "the same, from rows that are not sealed",
                        LOCAL,
                        "/$export?_since=1970-01-01T00:00:00Z",
                        List.of(timeOf("copy-text"), timeOf("copy-binary"))),
                export(
                        "gzip",
                        "system, gzip",
                        "gzip",
                        "/$export",
                        List.of(timeOf("copy-text"), timeOf("copy-text-2"), timeOf("system"))),
                export(
                        "gzip-rows",
                        "the same, from rows that are not sealed",
                        "gzip",
                        "/$export?_since=1970-01-01T00:00:00Z",
                        List.of(timeOf("system-rows"))),
                partial("patient", "all patients", "/Patient/$export"),
                partial("group", group(), path("group")),
                partial("type", "`_type=Observation`", "/$export?_type=Observation"),
                partial("typefilter", "`_typeFilter`: body heights (LOINC 8302-2)", path("typefilter")),
                partial("elements", "`_elements=id,status,code,subject`", "/$export?_elements=id,status,code,subject"),
                export(
                        "since",
                        "`_since`, 1 % changed",
                        LOCAL,
                        "/$export?_since=" + Client.encode(loaded.since()),
                        List.of(timeOf("system"), timeOf("system-rows"))));
    }

    /** What a client asks for to get a part of the data. */
    static String path(String part) {
        return part.equals("group")
                ? "/Group/" + LoadedData.GROUP + "/$export"
                : "/$export?_type=Observation&_typeFilter=" + Client.encode("Observation?code=http://loinc.org|8302-2");
    }

    private String group() {
        return String.format("a Group of %,d of %,d patients", loaded.members(), loaded.patients());
    }

    private static String streams() {
        return MachineInfo.CORES + (MachineInfo.CORES == 1 ? " stream" : " streams");
    }

    private static Scenario bound(String name, String title, Work work) {
        return new Scenario(name, Group.EXPORTS, title, "", work, List.of());
    }

    private Scenario partial(String name, String title, String path) {
        return export(name, title, LOCAL, path, List.of(perResourceOf("system"), perResourceOf("system-rows")));
    }

    private Scenario export(String name, String title, String server, String path, List<Against> against) {
        return new Scenario(name, Group.EXPORTS, title, server, exporting(environment, server, path), against);
    }

    /** From kick-off to manifest. */
    static Work exporting(Environment environment, String server, String path) {
        return exporting(environment, server, environment.url(), path);
    }

    /** The same, of a server on any database. */
    static Work exporting(Environment environment, String server, String database, String path) {
        return () -> {
            Client client = environment.client(server);
            Client.Export export = client.export(path);
            return Done.of(export.resources(), export.bytes(), () -> Environment.release(database, client, export));
        };
    }

    private Work text(int streams) {
        List<String> ranges = rows.ranges(streams);
        return () -> {
            List<Path> files = Parallel.each(ranges, streams, range -> {
                Path file = environment.folder().resolve("copy-" + ranges.indexOf(range) + ".txt");
                rows.toFile(range, file);
                return file;
            });
            return Done.of(
                    size.resources(),
                    size.bytes(),
                    () -> files.forEach(file -> file.toFile().delete()));
        };
    }

    private Work binary(int streams) {
        List<String> ranges = rows.ranges(streams);
        return () -> {
            Parallel.each(ranges, streams, range -> {
                rows.toNothing(range);
                return range;
            });
            return Done.of(size.resources(), size.bytes(), () -> {});
        };
    }
}
