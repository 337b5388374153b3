package dev.sluice.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A real PgBouncer in front of a database; a test that asks for one is skipped where it is not installed. */
final class PgBouncer implements AutoCloseable {
    private final Process process;
    private final String url;

    private PgBouncer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts one before the database of a JDBC URL, in a pool mode such as {@code transaction}. */
    static PgBouncer start(Path folder, String database, String mode) throws IOException {
        Optional<Path> program = Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .map(place -> Path.of(place, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "PgBouncer is not installed");
        URI target = URI.create(database.substring("jdbc:".length()));
        String name = target.getPath().substring(1);
        int port = FreePort.find();
        Path settings = Files.writeString(
                folder.resolve(mode + ".ini"),
                String.join(
                        "\n",
                        "[databases]",
                        name + " = host=127.0.0.1 port=" + target.getPort() + " user=postgres",
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = any",
                        "pool_mode = " + mode,
                        "default_pool_size = 40",
                        "ignore_startup_parameters = extra_float_digits",
                        ""),
                UTF_8);
        List<String> command = System.getProperty("user.name").equals("root")
                ? List.of(program.get().toString(), "-u", "nobody", settings.toString()) // it does not run as root
                : List.of(program.get().toString(), settings.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(mode + ".log").toFile())
                .start();
        PgBouncer started =
                new PgBouncer(process, "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=postgres");
        try {
            await().until(() -> answers(port));
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** The JDBC URL, user included. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
