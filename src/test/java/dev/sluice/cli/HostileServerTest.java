package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.bulkclient.ManifestLinks;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.bulkclient.TokenProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} and {@code compare} read what a server that means harm sends. They end, and give it nothing. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileServerTest {
    private static final String LINE = "{\"resourceType\":\"Patient\",\"id\":\"ann\"}\n";

    @TempDir
    Path folder;

    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private HttpServer other;
    private String token;

    @BeforeEach
    void start() throws IOException {
        token = Files.writeString(folder.resolve("token"), "secret\n").toString();
        server = begin();
        other = begin();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        other.stop(0);
        threads.shutdownNow();
    }

    @Test
    void theTokenGoesToNoOtherServer() {
        answer(other, "/file", exchange -> send(exchange, 401, ""));
        answer(other, "/page", exchange -> send(exchange, 200, manifest(true, url(other, "/file"))));
        answer(server, "/file", exchange -> send(exchange, 200, LINE));
        answer(server, "/away", exchange -> send(exchange, 200, manifest(true, url(other, "/file"))));
        answer(
                server,
                "/pages",
                exchange -> send(exchange, 200, linked(true, url(server, "/file"), url(other, "/page"))));

        CommandRun away = CommandRun.run("verify", url(server, "/away"), "--token-file", token);
        CommandRun.run("verify", url(server, "/pages"), "--token-file", token);
        CommandRun.run("compare", url(server, "/away"), url(other, "/page"), "--token-file-a", token);

        assertThat(away.out())
                .contains("access is denied (HTTP 401; the bearer token goes to the server of the manifest only)");
        assertThat(tokens)
                .contains("/away Bearer secret", "/file Bearer secret", "/page null")
                .doesNotContain("/page Bearer secret");
        assertThat(tokens.stream().filter(request -> request.equals("/file Bearer secret")))
                .as("of the server of the manifest")
                .hasSize(1);
    }

    @Test
    void theTokenIsNotSentOverPlainHttp() {
        assertThat(CommandRun.run("verify", "http://192.0.2.1/manifest", "--token-file", token)
                        .err())
                .contains("the bearer token is not sent over http to another machine; use https");
    }

    @Test
    void fileThatHoldsNoTokenIsTold() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path lines = Files.writeString(folder.resolve("lines"), "a\nb\n");

        assertThat(CommandRun.run("verify", "x", "--token-file", empty).err()).contains("is empty");
        assertThat(CommandRun.run("verify", "x", "--token-file", lines).err()).contains("no token has");
        assertThat(CommandRun.run("verify", "x", "--token-file", folder).exitCode())
                .isEqualTo(2);
    }

    @Test
    void redirectsEnd() {
        answer(server, "/round", exchange -> {
            exchange.getResponseHeaders().set("Location", url(server, "/round"));
            send(exchange, 302, "");
        });

        assertThat(CommandRun.run("verify", url(server, "/round")).exitCode()).isEqualTo(2);
        assertThat(tokens).hasSizeLessThan(10);
        assertThat(CommandRun.run("verify", url(server, "/round"), "--token-file", token)
                        .err())
                .contains("HTTP 302");
    }

    @Test
    void pagesEnd() {
        answer(server, "/page", exchange -> {
            int number = Integer.parseInt(exchange.getRequestURI().getQuery());
            send(exchange, 200, linked(false, url(server, "/file"), url(server, "/page?" + (number + 1))));
        });

        assertThatThrownBy(() -> new ExportLocator(url(server, "/page?1"), "", new ManifestLinks(100)).export())
                .hasMessageContaining("has more than 100 pages");
        assertThat(tokens).hasSize(100);
    }

    @Test
    void manifestIsNotReadAgainForEachFileThatIsDenied() {
        String file = "{\"type\":\"Patient\",\"url\":\"" + url(server, "/denied") + "\"}";
        answer(server, "/denied", exchange -> send(exchange, 403, ""));
        answer(
                server,
                "/manifest",
                exchange -> send(exchange, 200, "{\"output\":[" + file + ("," + file).repeat(49) + "]}"));

        assertThat(CommandRun.run("verify", url(server, "/manifest")).out()).contains("50 cannot be read");
        assertThat(tokens.stream().filter("/manifest null"::equals)).hasSize(2);
    }

    @Test
    void manifestsEnd() {
        answer(server, "/endless", exchange -> sendForEver(exchange, "{\"output\":[", "   "));

        assertThat(CommandRun.run("verify", url(server, "/endless")).err()).contains("is larger than 33554432 bytes");
    }

    @Test
    void linesEnd() {
        answer(server, "/line", exchange -> sendForEver(exchange, "{\"resourceType\":\"", "xxx"));
        answer(server, "/manifest", exchange -> send(exchange, 200, manifest(false, url(server, "/line"))));

        assertThat(CommandRun.run("verify", url(server, "/manifest")).out())
                .contains("UNREADABLE", "a line does not end within 134217728 bytes");
        assertThat(CommandRun.run("compare", url(server, "/manifest"), folder).err())
                .contains("a line does not end within 134217728 bytes");
    }

    @Test
    void bodyThatStandsStillEnds() throws IOException {
        answer(server, "/still", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush(); // the rest never comes
        });
        ServerSession session =
                new ServerSession(url(server, "/still"), TokenProvider.NONE, Set.of(), Duration.ofMillis(300));

        try (InputStream body = session.open(url(server, "/still"), false)) {
            assertThat(body.read()).isEqualTo('{');
            assertThatThrownBy(body::read).hasMessage("the server sent nothing for 0 seconds");
        }
    }

    @Test
    void namesDoNotActOnTheTerminal() {
        String forged = "x%0ATRUE:%201%20files%1B%5D0;owned%07%C2%9B2J%E2%80%AE";
        String item = "{\"type\":\"\\u001b[2JPatient\",\"count\":2,\"url\":\"" + url(server, "/" + forged) + "\"}";
        String line = "{\"resourceType\":\"Patient\",\"id\":\"\\u001b[1A\\u009b\"}\n";
        answer(server, "/", exchange -> send(exchange, 200, line + line));
        answer(server, "/manifest", exchange -> send(exchange, 200, "{\"output\":[" + item + "]}"));

        CommandRun verify = CommandRun.run("verify", url(server, "/manifest"));
        CommandRun compare = CommandRun.run("compare", url(server, "/manifest"), url(server, "/manifest"));
        CommandRun absent = CommandRun.run("verify", folder + "/\u001b[2J");

        for (String text : new String[] {verify.out(), compare.out(), compare.err(), absent.err()}) {
            assertThat(text.replace(System.lineSeparator(), "").codePoints())
                    .allMatch(character -> !Character.isISOControl(character) && character != 0x202e);
        }
        assertThat(verify.out()).as(verify.err()).contains("x\\u000aTRUE: 1 files\\u001b]0;owned\\u0007");
        assertThat(verify.out().lines()).hasSize(2);
        assertThat(CommandRun.commandLine().getOut()).isInstanceOf(TerminalOutput.class);
        assertThat(CommandRun.commandLine().getErr()).isInstanceOf(TerminalOutput.class);
    }

    private HttpServer begin() throws IOException {
        HttpServer begun = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        begun.setExecutor(threads);
        begun.start();
        return begun;
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void answer(HttpServer from, String path, Answer answer) {
        from.createContext(path, exchange -> {
            tokens.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            answer.to(exchange);
        });
    }

    private static String url(HttpServer of, String path) {
        return "http://127.0.0.1:" + of.getAddress().getPort() + path;
    }

    private static String manifest(boolean tokenNeeded, String file) {
        return "{\"requiresAccessToken\":" + tokenNeeded + ",\"output\":[{\"type\":\"Patient\",\"url\":\"" + file
                + "\"}]}";
    }

    private static String linked(boolean tokenNeeded, String file, String next) {
        String manifest = manifest(tokenNeeded, file);
        return manifest.substring(0, manifest.length() - 1) + ",\"link\":[{\"relation\":\"next\",\"url\":\"" + next
                + "\"}]}";
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Sends until the client goes. */
    private static void sendForEver(HttpExchange exchange, String start, String rest) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] block = new byte[1 << 16];
        Arrays.fill(block, (byte) rest.charAt(0));
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(start.getBytes(UTF_8));
            while (true) {
                out.write(block);
            }
        }
    }
}
