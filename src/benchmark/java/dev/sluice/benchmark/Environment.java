package dev.sluice.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run works with.
 *
 * @param folder for everything that is made, below {@code target}
 * @param url the database with the rows that are exported
 */
record Environment(Options options, Path folder, Postgres postgres, String url, ServerPool servers) {
    /** Plans a server on the rows that are exported. */
    void plan(String name, List<String> settings) {
        plan(name, url, settings);
    }

    /** Plans a server on any database. */
    void plan(String name, String database, List<String> settings) {
        servers.plan(name, () -> start(name, database, options.heap(), settings));
    }

    /** Starts a server that is not one of the pool. */
    Server start(String name, String database, String heap, List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + folder.resolve("home-" + name),
                "--sluice.storage.local.root=" + blobs(name),
                // Servers of one database share a storage; those of the pool have one each, and run one at a time.
                "--sluice.storage.adopt=true"));
        all.addAll(settings);
        return Server.start(folder.resolve(name + ".log"), heap, all);
    }

    /** Ends the benchmark before it fills the disk. */
    void requireSpace(long bytes) {
        long free = folder.toFile().getUsableSpace();
        if (free < bytes) {
            throw new BenchmarkException(String.format(
                    "About %,d MB are needed on the disk, and only %,d MB are free in %s",
                    bytes / 1_000_000, free / 1_000_000, folder));
        }
    }

    /** The root of the local store of a server. */
    Path blobs(String server) {
        return folder.resolve("blobs-" + server);
    }

    Client client(String server) {
        return new Client(servers.awake(server).base());
    }

    /** Releases an export and waits until its server has erased it: a server that sleeps erases nothing. */
    void release(Client client, Client.Export export) {
        release(url, client, export);
    }

    static void release(String database, Client client, Client.Export export) {
        client.release(export);
        String query = "select count(*) from job where id = '" + export.id() + "'";
        for (int i = 0; i < 600 && Postgres.number(database, query) > 0; i++) {
            Client.pause(50);
        }
    }

    /** The files that an export left in the local store of a server. */
    List<Path> files(String server, Client.Export export) {
        try (Stream<Path> all = Files.walk(blobs(server))) {
            return all.filter(file -> file.toString().endsWith(".ndjson"))
                    .filter(file -> file.toString().contains(export.id()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
