package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A worker as it is shipped, {@code java -jar sluice.jar work}, in a process of its own. */
final class WorkerProgram implements AutoCloseable {
    private final Process process;

    private WorkerProgram(Process process) {
        this.process = process;
    }

    /**
     * Starts a worker; it is ready some seconds later.
     *
     * @param log gets what the process prints
     * @param options each {@code --key=value}
     */
    static WorkerProgram start(Path log, List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("bench.jar", "target/sluice.jar"),
                "work"));
        command.addAll(options);
        try {
            WorkerProgram worker = new WorkerProgram(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
            Cleanup.atEnd(worker);
            return worker;
        } catch (IOException e) {
            throw new BenchmarkException("A worker did not start", e);
        }
    }

    /** Waits until it ends by itself, and returns the exit code. */
    int await() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }

    /** Stops it where it is; it holds no step if no job runs. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new BenchmarkException("There is no command 'kill': the benchmark needs Linux or macOS", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }
}
