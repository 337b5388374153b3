package dev.sluice.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and stops a PostgreSQL server that a killed process left running on a data folder. */
final class OrphanedServer {
    private static final Logger log = LoggerFactory.getLogger(OrphanedServer.class);
    private static final long SECONDS_EACH = 15;

    /** Ends the sessions, and writes down what is in memory. */
    private static final String FAST_SHUTDOWN = "INT";

    /** Ends everything; the next start recovers what was committed. */
    private static final String IMMEDIATE_SHUTDOWN = "QUIT";

    private final Path data;
    private final ProcessHandle process;
    private final Path executable;

    private OrphanedServer(Path data, ProcessHandle process, Path executable) {
        this.data = data;
        this.process = process;
        this.executable = executable;
    }

    /** The server that runs on this data, if there is one. */
    static Optional<OrphanedServer> on(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        long pid = lines.isEmpty() ? 0 : Long.parseLong(lines.get(0).strip());
        return ProcessHandle.of(pid)
                .filter(process -> isPostgres(process, data))
                .map(process -> new OrphanedServer(
                        data, process, Path.of(process.info().command().orElseThrow())));
    }

    /** A number may have been given to another process since, even to a PostgreSQL with other data. */
    private static boolean isPostgres(ProcessHandle process, Path data) {
        Optional<String[]> arguments = process.info().arguments();
        return process.info().command().orElse("").contains("postgres")
                && (arguments.isEmpty() || Arrays.asList(arguments.get()).contains(data.toString()));
    }

    /**
     * Stops the server and all of its sessions; committed data is not lost.
     *
     * @throws IOException if it does not end; the message says what to do
     */
    void stop() throws IOException {
        log.warn("PostgreSQL {} was left running by a killed process; it is stopped and started again.", process.pid());
        for (String signal : List.of(FAST_SHUTDOWN, IMMEDIATE_SHUTDOWN)) {
            send(signal);
            if (hasEnded()) {
                return;
            }
        }
        throw new IOException("PostgreSQL " + process.pid() + " still uses " + data + "; stop it by hand");
    }

    /** SIGTERM, the only one that Java knows, waits until every client has gone. */
    private void send(String signal) throws IOException {
        String pid = Long.toString(process.pid());
        Path tool = executable.resolveSibling("pg_ctl.exe"); // Windows has no signals; PostgreSQL has its own there
        List<String> command =
                Files.exists(tool) ? List.of(tool.toString(), "kill", signal, pid) : List.of("kill", "-" + signal, pid);
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private boolean hasEnded() throws IOException {
        try {
            process.onExit().get(SECONDS_EACH, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException("Nothing is known of PostgreSQL " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("The start was interrupted while it waited for PostgreSQL " + process.pid(), e);
        }
    }
}
