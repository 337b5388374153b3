package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.OwnPostgres;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded PostgreSQL lets in nobody but the user whose server it is. */
@IntegrationTest
@DisabledOnOs(OS.WINDOWS)
class EmbeddedServerTest {
    private static final Set<PosixFilePermission> OF_THE_OWNER = PosixFilePermissions.fromString("rwx------");

    @TempDir
    static Path folder;

    @Test
    void onlyThePasswordOpensItAndItsRoleIsNoSuperuser() throws Exception {
        Path home = folder.resolve("a home");
        Path data = home.resolve("postgres");
        try (EmbeddedServer server = EmbeddedServer.start(data)) {
            String url = server.url().replaceAll("\\?.*", "");
            for (String role : new String[] {"postgres", EmbeddedServer.ROLE}) {
                for (String password : new String[] {"", "postgres", "sluice", server.password() + "x"}) {
                    assertThatThrownBy(() -> DriverManager.getConnection(url, role, password))
                            .as(role + " with '" + password + "'")
                            .isInstanceOf(SQLException.class)
                            .hasMessageMatching(
                                    "(?s).*(password authentication failed|the password is an empty string).*");
                }
            }
            assertThat(ask(server, "select current_user")).isEqualTo(EmbeddedServer.ROLE);
            assertThat(ask(server, "show is_superuser")).isEqualTo("off");
            assertThat(ask(server, "select pg_get_userbyid(datdba) from pg_database where datname = 'postgres'"))
                    .isEqualTo(EmbeddedServer.ROLE);
            assertThatThrownBy(() -> ask(server, "copy (select 1) to program 'id'"))
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void filesAreItsOwnersAndNothingIsInSharedFolders() throws Exception {
        Path home = folder.resolve("a home");
        Path data = home.resolve("postgres");
        try (EmbeddedServer server = EmbeddedServer.start(data)) {
            assertThat(Files.getPosixFilePermissions(home)).isEqualTo(OF_THE_OWNER);
            assertThat(Files.getPosixFilePermissions(data)).isEqualTo(OF_THE_OWNER);
            assertThat(Files.getPosixFilePermissions(home.resolve("postgres-programs")))
                    .isEqualTo(OF_THE_OWNER);
            assertThat(Files.getPosixFilePermissions(home.resolve("postgres.password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(server.url()).contains("requireAuth=scram-sha-256");
            List<String> running = Files.readAllLines(data.resolve("postmaster.pid"));
            assertThat(running.get(4)).as("the folder of the socket").isEmpty();
            assertThat(Path.of("/tmp/.s.PGSQL." + running.get(3))).doesNotExist();
            assertThat(programOf(running.get(0))).startsWith(home.toRealPath());
        }
    }

    @Test
    void serverThatTakesThePortDoesNotGetThePassword() throws Exception {
        Path data = folder.resolve("a home").resolve("postgres");
        try (EmbeddedServer server = EmbeddedServer.start(data)) {
            String url = server.url() + "&sslmode=disable&password=" + server.password();

            assertThat(firstAnswerToRequestForAPassword(url)).isEqualTo(-1);
            assertThat(firstAnswerToRequestForAPassword(url.replaceAll("requireAuth=[^&]*", "")))
                    .as("the driver's default")
                    .isEqualTo('p');
        }
    }

    /** The type of the message that a client sends to a server that asks for the password as it is; -1 = it goes. */
    private static int firstAnswerToRequestForAPassword(String url) throws Exception {
        try (ServerSocket fake = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            CompletableFuture<Void> client =
                    CompletableFuture.runAsync(() -> assertThatThrownBy(() -> DriverManager.getConnection(
                            url.replaceFirst("localhost:\\d+", "localhost:" + fake.getLocalPort()))));
            int answer;
            try (Socket connection = fake.accept()) {
                DataInputStream in = new DataInputStream(connection.getInputStream());
                in.readNBytes(in.readInt() - Integer.BYTES); // the startup message
                connection.getOutputStream().write(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3});
                answer = in.read();
            }
            client.get(30, TimeUnit.SECONDS);
            return answer;
        }
    }

    @Test
    void itKeepsItsDataAndItsPasswordAndIsDurable() throws Exception {
        Path home = folder.resolve("a home");
        Path data = home.resolve("postgres");
        String password;
        try (EmbeddedServer first = EmbeddedServer.start(data)) {
            password = first.password();
            ask(first, "create table kept as select 7 as number; select 1");
        }
        try (EmbeddedServer second = EmbeddedServer.start(data)) {
            assertThat(second.password()).isEqualTo(password).hasSizeGreaterThanOrEqualTo(40);
            assertThat(ask(second, "select number from kept")).isEqualTo("7");
            for (String setting : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
                assertThat(ask(second, "show " + setting)).isEqualTo("on");
            }
        }
    }

    @Test
    void serverOfAnEarlierVersionIsRefusedAndNotChanged() throws Exception {
        Path home = folder.resolve("an earlier home");
        Path data = home.resolve("postgres");
        Files.createDirectory(home);
        OwnPostgres.start(data).close();
        String rules = Files.readString(data.resolve("pg_hba.conf"));

        assertThatThrownBy(() -> EmbeddedServer.start(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(data + " has no password file")
                .hasMessageContaining("nothing was changed");

        assertThat(data.resolve("pg_hba.conf")).hasContent(rules);
        assertThat(home.resolve("postgres.password")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxrwx", "rwxrwxr-x"})
    void folderInWhichOtherUsersCanWriteIsRefusedAndNotChanged(String permissions) throws Exception {
        Path home = Files.createDirectory(folder.resolve(permissions));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString(permissions));

        assertThatThrownBy(() -> EmbeddedServer.start(home.resolve("postgres")))
                .hasRootCauseMessage("other users can write in " + home
                        + ", and so replace the programs there; name a folder that does not exist yet with"
                        + " --sluice.home=…, or run: chmod go-w " + home);
        assertThat(home).isEmptyDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
                .isEqualTo(permissions);
    }

    private static Path programOf(String pid) {
        return Path.of(ProcessHandle.of(Long.parseLong(pid.strip()))
                .flatMap(process -> process.info().command())
                .orElseThrow());
    }

    private static String ask(EmbeddedServer server, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url() + "&password=" + server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            while (statement.getResultSet() == null) {
                statement.getMoreResults();
            }
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
