package dev.sluice.soak;

import dev.sluice.RawHttp;
import dev.sluice.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures a server every ten seconds, and asks every half second whether it lives. */
final class ServerMonitor implements AutoCloseable {
    private static final int SAMPLE_SECONDS = 10;
    private static final int PROBE_MILLIS = 500;
    private static final double MB = 1 << 20;
    private static final String PROBE =
            "GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final SluiceProcess server;
    private final Path home;
    private final String database;
    private final Tally tally;

    /** In how many samples there is one full collection. */
    private final int samplesForEachCollection;

    private final long start = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final List<Double> probes = new ArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final List<Future<?>> tasks = new ArrayList<>();
    private double slowest;

    ServerMonitor(SluiceProcess server, Path home, String database, Tally tally, int minutes) {
        this.server = server;
        this.home = home;
        this.database = database;
        this.tally = tally;
        this.samplesForEachCollection = Math.max(1, minutes * 60 / SAMPLE_SECONDS / 40);
    }

    void begin() {
        tasks.add(threads.scheduleAtFixedRate(this::sample, 0, SAMPLE_SECONDS, TimeUnit.SECONDS));
        tasks.add(threads.scheduleWithFixedDelay(this::probe, 0, PROBE_MILLIS, TimeUnit.MILLISECONDS));
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** The times that liveness took, in milliseconds. */
    synchronized List<Double> probes() {
        return List.copyOf(probes);
    }

    private void probe() {
        long before = System.nanoTime();
        try {
            int status = RawHttp.send(server.base(), PROBE).status();
            if (status != 200) {
                tally.fault("liveness", "answered with " + status);
            }
        } catch (UncheckedIOException e) {
            tally.fault("liveness", e.toString());
        }
        seen((System.nanoTime() - before) / 1e6);
    }

    private synchronized void seen(double millis) {
        probes.add(millis);
        slowest = Math.max(slowest, millis);
    }

    private void sample() {
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        try {
            values.put(Measure.RESIDENT, server.residentBytes() / MB);
            values.put(Measure.THREADS, (double) server.threads());
            values.put(
                    Measure.LOAD, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            countOpenFiles(values);
            values.put(Measure.EXPORTED_MEGABYTES, exportedMegabytes());
            askDatabase(values);
            if (samples().size() % samplesForEachCollection == 0) {
                // A collection is left out while native code uses an array.
                values.put(Measure.LIVE_HEAP, Math.min(server.liveBytes(), server.liveBytes()) / MB);
            }
        } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
            tally.fault("monitor", e.toString());
        }
        add(values);
    }

    private synchronized void add(Map<Measure, Double> values) {
        values.put(Measure.LIVENESS, slowest);
        slowest = 0;
        samples.add(new Sample((System.nanoTime() - start) / 60e9, values));
    }

    private void askDatabase(Map<Measure, Double> values) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) - 1, pg_database_size(current_database()) from pg_stat_activity"
                                + " where datname = current_database() and backend_type = 'client backend'")) {
            row.next();
            values.put(Measure.CONNECTIONS, row.getDouble(1));
            values.put(Measure.DATABASE_MEGABYTES, row.getLong(2) / MB);
        }
    }

    /** A temporary file has no name any more when it is open. */
    private void countOpenFiles(Map<Measure, Double> values) throws IOException {
        double sockets = 0;
        double files = 0;
        double temporaryBytes = 0;
        double temporary = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(server.pid()), "fd"))) {
            for (Path file : open.toList()) {
                try {
                    String name = Files.readSymbolicLink(file).toString();
                    files++;
                    if (name.startsWith("socket:")) {
                        sockets++;
                    } else if (name.endsWith("(deleted)")) {
                        temporary++;
                        temporaryBytes += Files.size(file);
                    }
                } catch (NoSuchFileException e) {
                    // It was closed meanwhile.
                }
            }
        }
        values.put(Measure.SOCKETS, sockets);
        values.put(Measure.FILES, files - sockets);
        values.put(Measure.TEMPORARY_FILES, temporary);
        values.put(Measure.TEMPORARY_MEGABYTES, temporaryBytes / MB);
    }

    private double exportedMegabytes() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
            return files.mapToLong(file -> file.toFile().length()).sum() / MB;
        } catch (UncheckedIOException e) { // a folder was erased meanwhile
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(false));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
