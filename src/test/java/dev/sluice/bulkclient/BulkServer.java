package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.codec.digest.DigestUtils;

/** A server with one export, and a client whose pauses take no time. */
final class BulkServer implements ExportListener, AutoCloseable {
    static final BulkRequest EVERYTHING = new BulkRequest("$export", List.of(), false, false);
    static final String KICK_OFF = "/fhir/$export";
    static final String JOB = "/fhir/job/1";

    /** What the tests do not measure. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    final StubServer stub = StubServer.start();
    final List<String> notes = new CopyOnWriteArrayList<>();
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    final List<String> progress = new CopyOnWriteArrayList<>();
    final AtomicLong received = new AtomicLong();
    final Path folder;

    private final AtomicLong slept = new AtomicLong();
    private Duration silence = SILENCE;

    BulkServer(Path folder) throws IOException {
        this.folder = folder;
        stub.on(KICK_OFF, answer(202, "", "Content-Location", stub.url(JOB)));
    }

    /** An item of {@code output}. */
    String item(String path, String content, String more) {
        long count = content.lines().count();
        return "{\"type\":\"Patient\",\"url\":\"" + stub.url(path) + "\",\"count\":" + count
                + ",\"extension\":{\"bytes\":" + content.length() + ",\"sha256\":\"" + DigestUtils.sha256Hex(content)
                + "\"" + more + "}}";
    }

    String item(String path, String content) {
        return item(path, content, "");
    }

    static String manifest(boolean token, String... items) {
        return "{\"transactionTime\":\"2026-11-29T15:00:00.123Z\",\"request\":\"x\",\"requiresAccessToken\":" + token
                + ",\"output\":[" + String.join(",", items) + "],\"error\":[]}";
    }

    static String linked(String manifest, String next) {
        return manifest.substring(0, manifest.length() - 1) + ",\"link\":[{\"relation\":\"next\",\"url\":\"" + next
                + "\"}]}";
    }

    /** The export is complete, with these items. */
    void complete(String... items) {
        stub.on(JOB, json(200, manifest(false, items)));
    }

    /** Resources, one a line. */
    static String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("{\"resourceType\":\"Patient\",\"id\":\"p").append(i).append("\"}\n");
        }
        return text.toString();
    }

    /** A file with an ETag, of which ranges can be had. */
    static StubServer.Answer file(String content, String etag) {
        return file(content, etag, Integer.MAX_VALUE);
    }

    /** The same; the connection breaks after so many bytes of an answer. */
    static StubServer.Answer file(String content, String etag, int breaksAfter) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return (exchange, body) -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            boolean same = etag.equals(exchange.getRequestHeaders().getFirst("If-Range"));
            int from = range == null || !same ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders().set("Content-Type", "application/fhir+ndjson");
            if (!etag.isEmpty()) {
                exchange.getResponseHeaders().set("ETag", etag);
            }
            if (from >= bytes.length) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + bytes.length);
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
            exchange.getResponseBody().write(bytes, from, Math.min(breaksAfter, bytes.length - from));
            exchange.getResponseBody().flush();
        };
    }

    /** An answer that begins and never ends. */
    static void hang(HttpExchange exchange, String begin) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(begin.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void expectSilence(Duration longest) {
        silence = longest;
    }

    BulkExport.Result run() {
        return run(EVERYTHING, TokenProvider.NONE);
    }

    BulkExport.Result run(BulkRequest request, TokenProvider tokens) {
        try (ExportFolder open = ExportFolder.open(folder)) {
            return export(open, tokens).run(request, null);
        }
    }

    BulkExport export(ExportFolder open, TokenProvider tokens) {
        ServerSession session = new ServerSession(stub.url("/fhir"), tokens, Set.of(), silence);
        RequestRetries.Pauses fast = new RequestRetries.Pauses() {
            @Override
            public void sleep(Duration time) {
                pauses.add(time);
                slept.addAndGet(time.toNanos());
            }

            @Override
            public long nanoTime() {
                return slept.get();
            }
        };
        return new BulkExport(
                session, open, new RequestRetries(Duration.ofMinutes(5), this, Clock.systemUTC(), fast), 3);
    }

    String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    /** The files in the folder that people see. */
    List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .forEach(names::add);
        }
        return names;
    }

    @Override
    public void note(String sentence) {
        notes.add(sentence);
    }

    @Override
    public void waiting(String text) {
        progress.add(text);
    }

    @Override
    public void found(long bytes) {}

    @Override
    public void present(long bytes) {
        received.addAndGet(bytes);
    }

    @Override
    public void received(long bytes) {
        received.addAndGet(bytes);
    }

    @Override
    public void completed() {}

    @Override
    public void close() {
        stub.close();
    }
}
