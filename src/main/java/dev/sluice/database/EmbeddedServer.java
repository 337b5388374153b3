package dev.sluice.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Starts and stops an embedded PostgreSQL server, for use without an external database.
 *
 * <p>A lock file keeps a second process off the same folder. A server that a killed process left behind is stopped
 * first: its settings are not known, and it would outlive this process too.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(60);

    private final FileChannel lockFile;
    private final EmbeddedPostgres server;

    private EmbeddedServer(FileChannel lockFile, EmbeddedPostgres server) {
        this.lockFile = lockFile;
        this.server = server;
    }

    /** Starts PostgreSQL on a free port of the loopback interface, with the data of this folder. */
    static EmbeddedServer start(Path directory) {
        Path data = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(data.getParent());
            FileChannel lockFile = lock(data.resolveSibling(data.getFileName() + ".lock"));
            Optional<OrphanedServer> orphan = OrphanedServer.on(data);
            if (orphan.isPresent()) {
                orphan.get().stop();
            }
            // The library's defaults are made for tests: they trade durability for speed.
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // Whatever the language of this machine: its encoding may not be UTF-8, its case mapping not that
                    // of names.
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setPGStartupWait(STARTUP);
            EmbeddedSettings.here().forEach(builder::setServerConfig);
            return new EmbeddedServer(lockFile, started(builder));
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start in " + data, e);
        }
    }

    private static EmbeddedPostgres started(EmbeddedPostgres.Builder builder) throws IOException {
        try {
            return builder.start();
        } catch (IllegalStateException e) {
            if (!String.valueOf(e.getMessage()).contains("Missing embedded postgres binaries")) {
                throw e;
            }
            throw new IllegalStateException(
                    "Sluice was built without the programs of PostgreSQL for this machine ("
                            + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                            + "). Name a PostgreSQL of your own with --spring.datasource.url=..., or build the jar on such"
                            + " a machine or with -Pall-platforms",
                    e);
        }
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        server.close();
        lockFile.close();
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another Sluice process uses this folder; stop it, give this one a folder of its own"
                    + " with --sluice.home=…, or give both one PostgreSQL with --spring.datasource.url=…");
        }
        return channel;
    }
}
