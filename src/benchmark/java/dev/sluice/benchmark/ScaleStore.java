package dev.sluice.benchmark;

import dev.sluice.benchmark.population.Population;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A database with a made-up population of about some number of resources, none of which is sealed. A database
 * that an earlier run has filled is used again.
 *
 * @param url its JDBC URL
 * @param all its current rows
 * @param types the current rows of each type
 */
record ScaleStore(String url, RawCopy.Size all, List<Type> types) {
    private static final int SAMPLE_PATIENTS = 200;

    /** The table with its indexes, its log, the files that are loaded, and those of an export. */
    private static final int COPIES = 5;

    /** The current rows of a type. */
    record Type(String name, RawCopy.Size size) {}

    /** The database of this size, filled if it is empty or does not exist. */
    static ScaleStore of(Environment environment, int resources) {
        String name = "bench_scale_" + resources;
        String known = "select count(*) from pg_database where datname = '" + name + "'";
        boolean exists = Postgres.number(environment.url(), known) > 0;
        String url = exists
                ? environment.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1")
                : environment.postgres().create(name);
        if (Postgres.text(url, "select to_regclass('bench_loaded')") == null) {
            fill(environment, url, resources);
            Postgres.execute(url, "create table bench_loaded ()");
        }
        String types = Objects.requireNonNull(Postgres.text(
                url,
                "select string_agg(type || ' ' || n || ' ' || size, ',' order by n desc) from (select type, count(*) as n,"
                        + " sum(bytes) as size from resource where " + RawCopy.CURRENT + " group by type) types"));
        return new ScaleStore(
                url,
                new RawCopy(url).size(),
                Stream.of(types.split(",", -1)).map(ScaleStore::type).toList());
    }

    private static Type type(String text) {
        String[] words = text.split(" ", -1);
        return new Type(words[0], new RawCopy.Size(Long.parseLong(words[1]), Long.parseLong(words[2])));
    }

    private static void fill(Environment environment, String url, int resources) {
        double perPatient;
        try (Stream<?> sample = Population.of(1, SAMPLE_PATIENTS).resources()) {
            perPatient = (double) sample.count() / SAMPLE_PATIENTS;
        }
        Path folder = environment.folder().resolve("data");
        Dataset data = Dataset.madeUp((int) Math.max(1, Math.round(resources / perPatient)), folder);
        environment.requireSpace(COPIES * data.bytes());
        long begun = System.nanoTime();
        try (Server server = environment.start(
                "scale-load", url, environment.options().heap(), List.of("--sluice.seal.enabled=false"))) {
            long lines = new Client(server.base()).load(data.files());
            Format.say("Loaded %,d resources in %.0f s.", lines, (System.nanoTime() - begun) / 1e9);
        } finally {
            Dataset.erase(folder);
        }
        LoadedData.tidy(url);
    }

    /** Bytes of the tables for each current row. */
    double tableBytes() {
        return bytes("pg_table_size");
    }

    /** Bytes of the indexes for each current row. */
    double indexBytes() {
        return bytes("pg_indexes_size");
    }

    private double bytes(String function) {
        String sizes = "select sum(" + function + "(c.oid))::bigint from pg_partition_tree('resource') p"
                + " join pg_class c on c.oid = p.relid where c.relkind = 'r'";
        return (double) Postgres.number(url, sizes) / all.resources();
    }
}
