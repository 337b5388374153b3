package dev.sluice.export;

import dev.sluice.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Two processes with the same options; when one is killed, another begins to start in its place. */
final class ProcessPair implements AutoCloseable {
    private final Path logs;
    private final String[] options;
    private final List<CompletableFuture<SluiceProcess>> processes = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int started;

    ProcessPair(Path logs, String... options) {
        this.logs = logs;
        this.options = options;
        for (int place = 0; place < 2; place++) {
            names.add("");
            processes.add(start(place));
        }
    }

    /** The FHIR base of the process in a place, 0 or 1; waits until it is ready. */
    URI base(int place) {
        return processes.get(place).join().base();
    }

    /** What the process in a place calls itself where it picks steps of jobs. */
    String name(int place) {
        return names.get(place);
    }

    /** SIGKILL, and the start of another process. */
    void kill(int place) throws InterruptedException {
        processes.get(place).join().kill();
    }

    /** Starts a process in the place of one that was killed. */
    void replace(int place) {
        processes.set(place, start(place));
    }

    @Override
    public void close() {
        processes.forEach(process -> process.join().close());
    }

    private CompletableFuture<SluiceProcess> start(int place) {
        String name = "process-" + ++started;
        names.set(place, name);
        String[] all = Stream.concat(Stream.of(options), Stream.of("--db-scheduler.scheduler-name=" + name))
                .toArray(String[]::new);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return SluiceProcess.start(logs.resolve(name + ".log"), all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
