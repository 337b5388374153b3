package dev.sluice.bulkclient;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of which a test says what it answers, request by request. The last answer of a path is repeated. */
public final class StubServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What a client has sent. */
    public record Request(String method, String path, String query, Map<String, List<String>> headers, String body) {
        /** The first value of a header; {@code none} without one. */
        public String header(String name) {
            return headers.getOrDefault(name, List.of("none")).get(0);
        }
    }

    /** Writes an answer. */
    public interface Answer {
        void send(HttpExchange exchange, String body) throws IOException;
    }

    private StubServer(HttpServer server) {
        this.server = server;
    }

    /** Starts a server on a free port. */
    public static StubServer start() throws IOException {
        StubServer stub =
                new StubServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        stub.server.setExecutor(stub.threads);
        stub.server.createContext("/", stub::handle);
        stub.server.start();
        return stub;
    }

    /** The URL of a path. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** What a path answers first, next, and so on. */
    public StubServer on(String path, Answer... each) {
        answers.put(path, new ArrayDeque<>(List.of(each)));
        return this;
    }

    /** All requests so far. */
    public List<Request> requests() {
        return requests;
    }

    /** Those of one path, in order. */
    public List<Request> requests(String path) {
        return requests.stream().filter(each -> each.path().equals(path)).toList();
    }

    /** An answer; headers are given as name, value, name, value. */
    public static Answer answer(int status, String body, String... headers) {
        return answer(status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** The same with bytes. */
    public static Answer answer(int status, byte[] body, String... headers) {
        return (exchange, request) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            boolean head = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
            exchange.sendResponseHeaders(status, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        };
    }

    /** An answer in JSON. */
    public static Answer json(int status, String body, String... headers) {
        Answer plain = answer(status, body, headers);
        return (exchange, request) -> {
            exchange.getResponseHeaders().set("Content-Type", "application/fhir+json");
            plain.send(exchange, request);
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            requests.add(new Request(
                    exchange.getRequestMethod(), path, query, Map.copyOf(exchange.getRequestHeaders()), body));
            next(path).send(exchange, body);
        }
    }

    private Answer next(String path) {
        Deque<Answer> left = answers.get(path);
        if (left == null) {
            return answer(404, "");
        }
        synchronized (left) {
            return left.size() > 1 ? left.remove() : left.element();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
