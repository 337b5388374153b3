package dev.sluice.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL that this process starts, owns and stops, for running without a database of one's own.
 *
 * <p>A lock file keeps a second process off the same folder. A server that a killed process left behind is stopped
 * first: its settings are not known, and it would outlive this process too.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration SHUTDOWN = Duration.ofSeconds(20);

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
            stopOrphan(data);
            // The library's defaults are made for tests: they trade durability for speed.
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setPGStartupWait(STARTUP);
            EmbeddedSettings.here().forEach(builder::setServerConfig);
            return new EmbeddedServer(lockFile, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start in " + data, e);
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

    /** Stops the server that a killed process left running on this data, if there is one. */
    private static void stopOrphan(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        long pid = lines.isEmpty() ? 0 : Long.parseLong(lines.get(0).strip());
        ProcessHandle orphan = ProcessHandle.of(pid)
                .filter(process -> process.info().command().orElse("").contains("postgres"))
                .orElse(null);
        if (orphan != null) {
            log.warn("PostgreSQL {} was left running by a killed process; it is stopped and started anew.", pid);
            orphan.destroy();
            try {
                orphan.onExit().get(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException("PostgreSQL " + pid + " still uses " + data + "; stop it by hand", e);
            }
        }
    }
}
