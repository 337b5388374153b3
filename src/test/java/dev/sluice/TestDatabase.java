package dev.sluice;

import dev.sluice.fhir.ResourceType;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;

/**
 * Real PostgreSQL for tests: one server for each JVM, in a temporary folder, stopped and erased with the JVM. The folder
 * is in memory where there is enough of it: a new database is 1,900 files, which take seconds on a disk that is busy.
 *
 * <p>Databases are copies of one that is migrated once, so a new one costs a fraction of a second. Safe for use by any
 * number of threads.
 */
public final class TestDatabase {
    /** The file system in memory that Linux has. */
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final long ENOUGH_BYTES = 4L << 30;
    private static final String TEMPLATE = "migrated";
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Started when the first test asks for it. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();
    }

    private TestDatabase() {}

    /** The JDBC URL, user included, of a new database with the schema of Sluice and no rows. */
    public static String freshUrl() {
        String name = "test_" + COUNT.incrementAndGet();
        synchronized (Server.POSTGRES) { // PostgreSQL copies a database only while nobody else is connected to it
            execute("create database " + name + " template " + TEMPLATE);
        }
        return url(name);
    }

    /** The JDBC URL, user included, of a database that a test makes itself; {@code postgres} is always there. */
    public static String urlOf(String database) {
        return url(database);
    }

    /** The URL of a new database that is a copy of another one, to which nobody may be connected. */
    public static String copyOf(String url) {
        String copy = "test_" + COUNT.incrementAndGet();
        synchronized (Server.POSTGRES) {
            execute("create database " + copy + " template " + name(url));
        }
        return url(copy);
    }

    /** Drops a database, though somebody may still be connected to it. */
    public static void drop(String url) {
        execute("drop database if exists " + name(url) + " with (force)");
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    }

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            if (Files.isDirectory(MEMORY) && MEMORY.toFile().getUsableSpace() > ENOUGH_BYTES) {
                builder.setDataDirectory(Files.createTempDirectory(MEMORY, "sluice-test"));
            }
            EmbeddedPostgres postgres = builder.setPort(FreePort.find())
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("full_page_writes", "off")
                    .setServerConfig("max_wal_size", "256MB")
                    .setServerConfig("max_connections", "300")
                    .start();
            execute(postgres, "create database " + TEMPLATE);
            Flyway.configure()
                    .dataSource(postgres.getJdbcUrl("postgres", TEMPLATE), null, null)
                    .placeholders(Map.of(
                            "resourceTypes",
                            ResourceType.all().stream().map(ResourceType::name).collect(Collectors.joining(" "))))
                    .load()
                    .migrate();
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException("The PostgreSQL for tests did not start", e);
        }
    }

    private static String url(String database) {
        return Server.POSTGRES.getJdbcUrl("postgres", database);
    }

    private static void execute(String sql) {
        execute(Server.POSTGRES, sql);
    }

    private static void execute(EmbeddedPostgres postgres, String sql) {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
