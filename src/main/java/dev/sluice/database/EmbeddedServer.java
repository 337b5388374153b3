package dev.sluice.database;

import dev.sluice.files.PrivateFiles;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * Starts and stops an embedded PostgreSQL server, for use without an external database. Other users of the machine can
 * connect to its port, but need the password, which is in a file that only the user of this process can read.
 *
 * <p>A lock file keeps a second process off the same folder. A server that a killed process left behind is stopped
 * first: its settings are not known, and it would outlive this process too.
 */
final class EmbeddedServer implements AutoCloseable {
    /** The role of Sluice. It owns the database and is no superuser. */
    static final String ROLE = "sluice";

    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final String AUTHENTICATION = "scram-sha-256";
    private static final String WORKING_FOLDER = "ot.epg.working-dir";

    private final FileChannel lockFile;
    private final EmbeddedPostgres server;
    private final String password;

    private EmbeddedServer(FileChannel lockFile, EmbeddedPostgres server, String password) {
        this.lockFile = lockFile;
        this.server = server;
        this.password = password;
    }

    /** Starts PostgreSQL on a free port of the loopback interface, with the data of this folder. */
    static EmbeddedServer start(Path directory) {
        Path data = directory.toAbsolutePath().normalize();
        try {
            EmbeddedHome home = EmbeddedHome.of(data);
            FileChannel lockFile = lock(home.lockFile());
            String password = home.password();
            Optional<OrphanedServer> orphan = OrphanedServer.on(data);
            if (orphan.isPresent()) {
                orphan.get().stop();
            }
            EmbeddedPostgres server = started(builder(home, password));
            createRole(server, password);
            return new EmbeddedServer(lockFile, server, password);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start in " + data, e);
        }
    }

    private static EmbeddedPostgres.Builder builder(EmbeddedHome home, String password) {
        // The library's defaults are made for tests: they trade durability for speed, and let everybody in.
        EmbeddedPostgres.Builder builder = outsideOfTmp(home)
                .setPgBinaryResolver(new Programs(home.programs()))
                .setOverrideWorkingDirectory(home.programs().toFile())
                .setDataDirectory(home.data())
                .setCleanDataDirectory(false)
                // Whatever the language of this machine: its encoding may not be UTF-8, its case mapping not that
                // of names.
                .setLocaleConfig("locale", "C")
                // The library passes every one of these to initdb as --name=value.
                .setLocaleConfig("auth-host", AUTHENTICATION)
                .setLocaleConfig("auth-local", AUTHENTICATION)
                .setLocaleConfig("pwfile", home.passwordFile().toString())
                .setConnectConfig("password", password)
                // A server of somebody else on this port does not get the password.
                .setConnectConfig("requireAuth", AUTHENTICATION)
                // Its folder would be /tmp.
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setPGStartupWait(STARTUP);
        EmbeddedSettings.here().forEach(builder::setServerConfig);
        return builder;
    }

    /**
     * A new builder looks for data folders that killed processes left in its working folder, and stops their servers. By
     * default the folder is in /tmp, where any user can put such a folder. Only this property names another one.
     */
    private static EmbeddedPostgres.Builder outsideOfTmp(EmbeddedHome home) {
        System.setProperty(WORKING_FOLDER, home.programs().resolveSibling("").toString());
        try {
            return EmbeddedPostgres.builder();
        } finally {
            System.clearProperty(WORKING_FOLDER);
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

    /** A start that was cut off may have left a new server without the role. */
    private static void createRole(EmbeddedPostgres server, String password) throws IOException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("do $$ begin if not exists (select from pg_roles where rolname = '" + ROLE + "') then"
                    + " create role " + ROLE + " login password '" + password + "';"
                    + " alter database postgres owner to " + ROLE + "; end if; end $$");
        } catch (SQLException e) {
            server.close();
            throw new IOException("its role could not be created", e);
        }
    }

    String url() {
        return server.getJdbcUrl(ROLE, "postgres") + "&requireAuth=" + AUTHENTICATION;
    }

    String password() {
        return password;
    }

    @Override
    public void close() throws IOException {
        server.close();
        lockFile.close();
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another Sluice process uses this folder; stop it, give this one a folder of its own"
                    + " with --sluice.home=…, or give both one PostgreSQL with --spring.datasource.url=…");
        }
        return channel;
    }

    /**
     * The programs of PostgreSQL. The library remembers for each resolver where it has unpacked them, so each folder has
     * a resolver of its own.
     */
    private record Programs(Path folder) implements PgBinaryResolver {
        @Override
        public InputStream getPgBinary(String system, String architecture) throws IOException {
            return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, architecture);
        }
    }
}
