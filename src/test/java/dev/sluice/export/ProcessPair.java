package dev.sluice.export;

import dev.sluice.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Two processes with the same options; when one is killed, another begins to start in its place. */
public final class ProcessPair implements AutoCloseable {
    private final Path logs;
    private final String[] options;
    private final List<CompletableFuture<SluiceProcess>> processes = new ArrayList<>();
    private int started;

    /**
     * Starts both.
     *
     * @param logs the folder of their logs
     * @param options each {@code --key=value}
     */
    public ProcessPair(Path logs, String... options) {
        this.logs = logs;
        this.options = options;
        for (int place = 0; place < 2; place++) {
            processes.add(start());
        }
    }

    /** The FHIR base of the process in a place, 0 or 1; waits until it is ready. */
    public URI base(int place) {
        return processes.get(place).join().base();
    }

    /** The number of the process in a place, which is a part of its name where it leases steps of jobs. */
    public long pid(int place) {
        return processes.get(place).join().pid();
    }

    /** SIGKILL, and the start of another process. */
    public void kill(int place) throws InterruptedException {
        processes.get(place).join().kill();
    }

    /** Starts a process in the place of one that was killed. */
    public void replace(int place) {
        processes.set(place, start());
    }

    @Override
    public void close() {
        // Also if one has not started.
        processes.forEach(process -> process.thenAccept(SluiceProcess::close)
                .exceptionally(fault -> null)
                .join());
    }

    private CompletableFuture<SluiceProcess> start() {
        String name = "process-" + ++started;
        return CompletableFuture.supplyAsync(() -> {
            try {
                return SluiceProcess.start(logs.resolve(name + ".log"), options);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
