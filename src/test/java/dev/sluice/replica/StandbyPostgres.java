package dev.sluice.replica;

import dev.sluice.OwnPostgres;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A streaming standby of a PostgreSQL, made from a copy of its folder as the manual describes for low-level backups. */
final class StandbyPostgres implements AutoCloseable {
    /** The first conflict ends a read. */
    private static final Map<String, String> SETTINGS = Map.of("max_standby_streaming_delay", "0");

    private final OwnPostgres server;
    private final JdbcTemplate jdbc;

    private StandbyPostgres(OwnPostgres server) {
        this.server = server;
        this.jdbc = new JdbcTemplate(new DriverManagerDataSource(server.url()));
    }

    /**
     * Starts one.
     *
     * @param primary the URL of the primary, whose folder is the next parameter
     * @param data a folder that does not exist yet
     */
    static StandbyPostgres start(String primary, Path folder, Path data, int port) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection(primary);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            copy(folder, data);
            try (ResultSet end = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                end.next();
                Files.writeString(data.resolve("backup_label"), end.getString(1));
            }
        }
        String address = primary.replaceFirst(".*//([^:/]+):(\\d+)/.*", "host=$1 port=$2 user=postgres");
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = '" + address + "'\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        Files.createFile(data.resolve("standby.signal"));
        return new StandbyPostgres(OwnPostgres.start(data, port, SETTINGS));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.copy(folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = file.getFileName().toString();
                if (!name.startsWith("postmaster.") && !name.startsWith("epg-lock")) {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) { // the server has deleted it meanwhile
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    JdbcTemplate jdbc() {
        return jdbc;
    }

    void crash() throws IOException, InterruptedException {
        server.crash();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
