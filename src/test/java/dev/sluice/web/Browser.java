package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real browser, and a site whose pages it opens. A page reports by a POST to {@code /told}. */
final class Browser implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 90;

    private final Path folder;
    private final HttpServer site;
    private final CompletableFuture<String> told = new CompletableFuture<>();

    /** @param folder for the profile of the browser */
    Browser(Path folder) throws IOException {
        this.folder = folder;
        this.site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    /** The origin of the pages. */
    String origin() {
        return "http://localhost:" + site.getAddress().getPort();
    }

    /** Opens a page, and returns what it reports. */
    String open(String page) throws Exception {
        site.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().equals("/told")) {
                told.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            }
            byte[] body = page.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        site.start();
        Process browser = start("--remote-debugging-port=0", origin());
        try {
            return told.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            end(browser);
        }
    }

    /** What a page at this URL holds, while a name leads to this machine. */
    String read(String url, String name) throws Exception {
        Process browser = start("--host-resolver-rules=MAP " + name + " 127.0.0.1", "--dump-dom", url);
        try {
            assertThat(browser.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return Files.readString(log());
        } finally {
            end(browser);
        }
    }

    private Process start(String... options) throws IOException {
        Path chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(chromium != null, "needs Chromium");
        List<String> command = new ArrayList<>(List.of(
                String.valueOf(chromium),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile")));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return folder.resolve("chromium.log");
    }

    private static void end(Process browser) throws InterruptedException {
        browser.descendants().forEach(ProcessHandle::destroyForcibly);
        browser.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        site.stop(0);
    }
}
