package dev.sluice.blob;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A road to Azurite on which things go wrong as a test wants it: it passes each request on, counts it, and fails those that
 * the test picks. It speaks HTTP over plain sockets, since no HTTP server resets a connection on demand.
 */
public final class FaultyStorage implements AutoCloseable {
    private static final byte[] END_OF_LINE = "\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding", "upgrade", ":status");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "faulty-storage");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Request> requests = new ArrayList<>();
    private final AzuriteServer behind;
    private final ServerSocket door;
    private final Duration slowness;
    private Predicate<Request> victims = request -> false;
    private StorageFault fault = StorageFault.INTERNAL_ERROR;
    private Consumer<Request> listener = request -> {};
    private int injected;

    private FaultyStorage(AzuriteServer behind, Duration slowness) throws IOException {
        this.behind = behind;
        this.slowness = slowness;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::receive);
    }

    /**
     * A request that came.
     *
     * @param number counted from 1 since the last {@link #pass} or {@link #fail}
     * @param target path and query
     */
    public record Request(int number, String method, String target) {
        /** Whether it brings a block of a blob. */
        public boolean stagesBlock() {
            return method.equals("PUT") && target.contains("comp=block&");
        }

        /** Whether it fetches what is in a blob. */
        public boolean reads() {
            return method.equals("GET") && !target.contains("comp=");
        }
    }

    /** A new road, on which slow answers are held back for this long. */
    public static FaultyStorage before(AzuriteServer behind, Duration slowness) {
        try {
            return new FaultyStorage(behind, slowness);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of the storage behind it, by this road. */
    public String connectionString() {
        URI real = URI.create(behind.endpoint());
        return behind.connectionString().replace(real.getAuthority(), "127.0.0.1:" + door.getLocalPort());
    }

    /** From now on, everything works; counts from 1 again. */
    public synchronized void pass() {
        fail(StorageFault.INTERNAL_ERROR, request -> false);
    }

    /** From now on, what the predicate picks fails; counts from 1 again. */
    public synchronized void fail(StorageFault kind, Predicate<Request> which) {
        requests.clear();
        injected = 0;
        fault = kind;
        victims = which;
    }

    /** Whom to tell each request, before it is passed on; this is called by many threads at once. */
    public synchronized void listen(Consumer<Request> to) {
        listener = to;
    }

    /** What came since the last {@link #pass} or {@link #fail}. */
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many of these failed. */
    public synchronized int injected() {
        return injected;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                threads.execute(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            boolean open = true;
            for (String line = line(in); open && !line.isEmpty(); line = open ? line(in) : "") {
                String[] words = line.split(" ", 3);
                open = answer(client, in, words[0], words[1]);
            }
        } catch (IOException gone) {
            // the client gave up, which is what a fault may do to it
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the connection is of no use any more. */
    private boolean answer(Socket client, InputStream in, String method, String target)
            throws IOException, InterruptedException {
        Map<String, String> headers = headers(in);
        StorageFault now = next(method, target);
        if (now == StorageFault.RESET) {
            return reset(client);
        }
        if (headers.containsKey("expect")) {
            client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        if (now != null && now.isRefusal()) {
            client.getOutputStream().write(now.refusal(method.equals("HEAD")));
            return true;
        }
        HttpResponse<byte[]> answer = forward(method, target, headers, body);
        if (now == StorageFault.LOST_ANSWER) {
            return reset(client);
        }
        return send(client, head(answer, method.equals("HEAD")), answer.body(), now);
    }

    private boolean send(Socket client, byte[] head, byte[] body, @Nullable StorageFault now)
            throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        int half = body.length == 0 ? head.length / 2 : head.length + body.length / 2;
        boolean late = now == StorageFault.SLOW || now == StorageFault.STALLED;
        if (now != null && now != StorageFault.SLOW) {
            out.write(all, 0, half);
        }
        if (now == StorageFault.TRUNCATED) {
            return false;
        }
        if (now == StorageFault.TORN) {
            return reset(client);
        }
        if (late) {
            TimeUnit.MILLISECONDS.sleep(slowness.toMillis());
        }
        int sent = now == StorageFault.STALLED ? half : 0;
        out.write(all, sent, all.length - sent);
        return true;
    }

    private @Nullable StorageFault next(String method, String target) {
        Consumer<Request> told;
        Request request;
        StorageFault fate;
        synchronized (this) {
            request = new Request(requests.size() + 1, method, target);
            requests.add(request);
            told = listener;
            fate = fate(request);
        }
        told.accept(request);
        return fate;
    }

    private @Nullable StorageFault fate(Request request) {
        if (!victims.test(request)) {
            return null;
        }
        injected++;
        return fault;
    }

    private HttpResponse<byte[]> forward(String method, String target, Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        URI real = URI.create(behind.endpoint());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + real.getAuthority() + target))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach((name, value) -> {
            if (!OF_THE_CONNECTION.contains(name)) {
                request.header(name, value);
            }
        });
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static byte[] head(HttpResponse<byte[]> answer, boolean withoutBody) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.statusCode() + " \r\n");
        answer.headers().map().forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> head.append(name + ": " + value + "\r\n"));
            }
        });
        String length = withoutBody
                ? answer.headers().firstValue("content-length").orElse("0")
                : Integer.toString(answer.body().length);
        return head.append("content-length: " + length + "\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** As if the cable was cut: the client gets a reset, not an end. */
    private static boolean reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        return false;
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** Without its end; empty at the end of a head, and of the connection. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != END_OF_LINE[1]; next = in.read()) {
            if (next != END_OF_LINE[0]) {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
