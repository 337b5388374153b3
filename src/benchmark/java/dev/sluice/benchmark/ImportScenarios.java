package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Done;
import dev.sluice.benchmark.Scenario.Group;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Loading the data into an empty table, beside COPY FROM of the same rows, all columns and indexes, into the same table.
 * The numbers of patients stay from one round to the next.
 */
final class ImportScenarios {
    private static final String SERVER = "import";
    private static final String DATABASE = "bench_import";

    /** The lock of {@code dev.sluice.store.ProvenanceSettling}, which locks the same tables in another order. */
    private static final long SETTLING = 0x51CF_0000_0000_0002L;

    private static final long SEALING = 0x51CF_0000_0000_0001L;

    private final Environment environment;
    private final Dataset data;
    private final String url;
    private final Path dump;

    private ImportScenarios(Environment environment, Dataset data, String url) {
        this.environment = environment;
        this.data = data;
        this.url = url;
        this.dump = environment.folder().resolve("rows.bin");
    }

    /** Makes a database of their own beside the one with the rows to export. */
    static ImportScenarios in(Environment environment, Dataset data) {
        String url = environment.postgres().create(DATABASE);
        if (environment.options().database() != null) { // another goes with its server
            Cleanup.atEnd(() -> environment.postgres().drop(DATABASE));
        }
        Path folder =
                Objects.requireNonNull(data.files().get(0).toAbsolutePath().getParent());
        environment.plan(SERVER, url, List.of("--sluice.import.root=" + folder));
        return new ImportScenarios(environment, data, url);
    }

    List<Scenario> all() {
        return List.of(
                new Scenario(
                        "copy-in",
                        Group.IMPORT,
                        "COPY BINARY FROM of the same rows, 1 stream",
                        "",
                        loading(this::copy),
                        List.of()),
                new Scenario(
                        "import",
                        Group.IMPORT,
                        "`POST $import`, one file after the other",
                        SERVER,
                        loading(() -> environment.client(SERVER).load(data.files())),
                        List.of(timeOf("copy-in"))),
                new Scenario(
                        "import-job",
                        Group.IMPORT,
                        "`$import` of all files as a job",
                        SERVER,
                        loading(() -> environment.client(SERVER).loadAsJob(absolute(data.files()))),
                        List.of(timeOf("copy-in"))));
    }

    private Scenario.Work loading(LongSupplier work) {
        return () -> Done.of(work.getAsLong(), data.bytes(), this::empty);
    }

    /** In the round that does not count, what COPY writes is made first. */
    private long copy() {
        if (!Files.exists(dump)) {
            environment.client(SERVER).load(data.files());
            new RawCopy(url).dump(dump);
            empty();
            environment.servers().sleep();
        }
        return new RawCopy(url).in(dump);
    }

    private void empty() {
        Postgres.execute(
                url,
                "begin; select pg_advisory_xact_lock(" + SETTLING + "), pg_advisory_xact_lock(" + SEALING + ");"
                        + " truncate resource, segment, segment_check, provenance_target, provenance_unsettled; commit");
        Postgres.execute(url, "checkpoint");
    }

    private static List<Path> absolute(List<Path> files) {
        return files.stream().map(Path::toAbsolutePath).toList();
    }
}
