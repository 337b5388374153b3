package dev.sluice;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL that a test may crash and start again, always on the same port and with the same data, which are as safe
 * as in earnest: {@code fsync} is on.
 */
public final class OwnPostgres implements AutoCloseable {
    private final Path data;
    private final int port;
    private final Map<String, String> settings;
    private EmbeddedPostgres server;

    private OwnPostgres(Path data, int port, Map<String, String> settings) throws IOException {
        this.data = data;
        this.port = port;
        this.settings = settings;
        this.server = startServer();
    }

    /** Starts one with its data in a folder that does not exist yet. */
    public static OwnPostgres start(Path data) throws IOException {
        return start(data, Map.of());
    }

    /** Starts one with more settings than those that keep the data safe. */
    public static OwnPostgres start(Path data, Map<String, String> settings) throws IOException {
        return start(data, FreePort.find(), settings);
    }

    /** Starts one at a port. A folder that exists is taken as it is. */
    public static OwnPostgres start(Path data, int port, Map<String, String> settings) throws IOException {
        return new OwnPostgres(data, port, settings);
    }

    /** The JDBC URL, user included. */
    public String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    /** Ends it as {@code pg_ctl stop -m immediate} does: no connection is closed in order, nothing is written. */
    public void crash() throws IOException, InterruptedException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor();
        try {
            postmaster.onExit().get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IOException("PostgreSQL " + pid + " does not end", e);
        }
        server.close(); // it gives the folder free
    }

    /** Starts it again; returns when it has recovered. */
    public void restart() throws IOException {
        server = startServer();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private EmbeddedPostgres startServer() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setLocaleConfig("locale", "C")
                .setPort(port)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setPGStartupWait(Duration.ofSeconds(60));
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }
}
