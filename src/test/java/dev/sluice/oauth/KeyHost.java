package dev.sluice.oauth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The host at which a client publishes its keys, on this machine and without TLS. */
final class KeyHost implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    private volatile String keys = TokenClient.jwks(TokenClient.RSA);

    private KeyHost(HttpServer server) {
        this.server = server;
    }

    static KeyHost start() throws IOException {
        KeyHost host = new KeyHost(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        host.server.setExecutor(host.threads);
        host.server.start();
        return host;
    }

    ExecutorService threads() {
        return threads;
    }

    /** How many times keys were served. */
    int requests() {
        return requests.get();
    }

    void publish(String jwks) {
        this.keys = jwks;
    }

    void serve(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** Serves the keys with this {@code Cache-Control}; empty = without it. */
    void serve(String path, String cacheControl) {
        serve(path, exchange -> answer(exchange, 200, cacheControl));
    }

    void answer(HttpExchange exchange, int status, String cacheControl) throws IOException {
        requests.incrementAndGet();
        byte[] body = keys.getBytes(StandardCharsets.UTF_8);
        if (!cacheControl.isEmpty()) {
            exchange.getResponseHeaders().add("Cache-Control", cacheControl);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
