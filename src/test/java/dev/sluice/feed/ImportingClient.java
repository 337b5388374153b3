package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client that creates, updates, deletes and imports resources by HTTP until it is stopped. */
final class ImportingClient implements AutoCloseable {
    private static final int DEVICES = 40;

    private final SluiceServer server;
    private final Path folder;
    private final Random random;
    private final AtomicBoolean done = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Integer> running;

    /**
     * Starts it.
     *
     * @param folder where the server finds the files of imports
     */
    ImportingClient(SluiceServer server, Path folder, long seed) {
        this.server = server;
        this.folder = folder;
        this.random = new Random(seed);
        this.running = thread.submit(this::work);
    }

    /** Ends the import that runs, and returns the number of imports. */
    int stop() throws ExecutionException, InterruptedException {
        done.set(true);
        return running.get();
    }

    @Override
    public void close() {
        done.set(true);
        thread.shutdown();
    }

    private int work() throws IOException {
        int imports = 0;
        while (!done.get()) {
            importLines(++imports);
            for (int request = 0; request < 10; request++) {
                change();
            }
        }
        return imports;
    }

    /** From a file, so that it is a job, which a process may begin and another one end. */
    private void importLines(int number) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int line = 0; line < 30; line++) {
            lines.append(device("i" + random.nextInt(DEVICES))).append('\n');
        }
        Path file = Files.writeString(folder.resolve("import-" + number + ".ndjson"), lines);
        HttpResponse<String> kickOff = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"type\",\"valueCode\":"
                        + "\"Device\"},{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        HttpResponse<String> end = new ExportClient(server)
                .awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
    }

    private void change() {
        String path = "/Device/i" + random.nextInt(DEVICES);
        HttpResponse<String> response = switch (random.nextInt(3)) {
            case 0 -> server.delete(path);
            case 1 -> server.post("/Device", "application/fhir+json", device("ignored"));
            default -> server.put(path, "application/fhir+json", device(path.replaceFirst(".*/", "")));
        };
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 204);
    }

    private String device(String id) {
        return "{\"resourceType\":\"Device\",\"id\":\"" + id + "\",\"lotNumber\":\"" + random.nextInt() + "\"}";
    }
}
