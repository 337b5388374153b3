package dev.sluice.benchmark;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A blob storage that takes what an export sends and throws it away, as fast as HTTP goes: what an export could reach if
 * the storage cost nothing. It keeps bodies of less than 4 KiB, since a kick-off reads back what it writes as a probe.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api">Blob service REST API</a>
 */
final class DiscardingStorage implements AutoCloseable {
    private static final String ACCOUNT = "discard";

    /** No secret: nobody looks at it. */
    private static final String KEY = "ZGlzY2FyZA==";

    private static final int KEPT = 4 << 10;
    private static final String DATE = "Wed, 01 Jan 2025 00:00:00 GMT";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

    private DiscardingStorage(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    static DiscardingStorage start() {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // answers are small and waited for
        try {
            DiscardingStorage storage = new DiscardingStorage(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            storage.server.start();
            Cleanup.atEnd(storage);
            return storage;
        } catch (IOException e) {
            throw new BenchmarkException("The storage that discards did not start", e);
        }
    }

    String connectionString() {
        return "DefaultEndpointsProtocol=http;AccountName=" + ACCOUNT + ";AccountKey=" + KEY
                + ";BlobEndpoint=http://127.0.0.1:" + server.getAddress().getPort() + "/" + ACCOUNT + ";";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        String path = exchange.getRequestURI().getPath();
        Headers headers = exchange.getResponseHeaders();
        headers.set("ETag", "\"0x1\"");
        headers.set("Last-Modified", DATE);
        headers.set("x-ms-request-id", UUID.randomUUID().toString());
        headers.set("x-ms-version", "2024-11-04");
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                byte[] body = drain(exchange.getRequestBody());
                if (!query.contains("comp=blocklist")) {
                    kept.put(path, body);
                }
                headers.set("x-ms-request-server-encrypted", "true");
                send(exchange, 201, new byte[0]);
            }
            case "DELETE" -> {
                kept.keySet().removeIf(name -> name.startsWith(path));
                send(exchange, 202, new byte[0]);
            }
            case "GET" -> {
                if (query.contains("comp=list")) {
                    headers.set("Content-Type", "application/xml");
                    send(
                            exchange,
                            200,
                            "<?xml version=\"1.0\"?><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"
                                    .getBytes(StandardCharsets.UTF_8));
                } else {
                    content(exchange, kept.getOrDefault(path, new byte[0]));
                }
            }
            default -> content(exchange, new byte[0]);
        }
    }

    /** Always the whole blob, as an answer to the range that the SDK asks for. */
    private static void content(HttpExchange exchange, byte[] body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/octet-stream");
        headers.set("Content-Range", "bytes 0-" + Math.max(0, body.length - 1) + "/" + body.length);
        headers.set("x-ms-blob-type", "BlockBlob");
        send(exchange, exchange.getRequestMethod().equals("GET") ? 206 : 200, body);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : body.length);
        if (!none) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** Reads a body to its end and returns its beginning. */
    private static byte[] drain(InputStream body) throws IOException {
        byte[] buffer = new byte[1 << 18];
        ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            beginning.write(buffer, 0, Math.min(read, KEPT - Math.min(KEPT, beginning.size())));
        }
        return beginning.toByteArray();
    }
}
