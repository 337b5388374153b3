package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests and files by HTTP, from a server that does what a test wants. */
class ManifestByUrlTest {
    private static final String LINE = "{\"resourceType\":\"Patient\",\"id\":\"ann\"}\n";

    @TempDir
    Path folder;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theTokenGoesToTheManifestAndToFilesThatAskForItOnly() throws IOException {
        answer("/file", 200, LINE);
        answer("/closed", 200, manifest(true, "/file"));
        answer("/open", 200, manifest(false, "/file"));

        assertThat(verify("/closed", "--token-file", token("t1")).exitCode()).isZero();
        assertThat(verify("/open", "--token-file", token("t2")).exitCode()).isZero();
        assertThat(verify("/open").exitCode()).isZero();

        assertThat(requests)
                .containsExactly(
                        "/closed Bearer t1",
                        "/file Bearer t1",
                        "/open Bearer t2",
                        "/file null",
                        "/open null",
                        "/file null");
    }

    @Test
    void tablesAreNotReadAsLines() {
        answer("/tables", 200, manifest(false, "/Patient-1.parquet"));

        CommandRun run = verify("/tables");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("holds tables in Parquet", "started without _outputFormat");
        assertThat(requests).containsExactly("/tables null");
    }

    @Test
    void rowsOfViewsAreNotReadAsResources() {
        answer(
                "/views",
                200,
                manifest(false, "/names-1.ndjson")
                        .replaceFirst(
                                "\\{", "{\"extension\":{\"views\":{\"format\":\"ndjson\",\"names\":[\"names\"]}},"));

        CommandRun run = verify("/views");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("holds rows of views, not resources");
        assertThat(requests).containsExactly("/views null");
    }

    @Test
    void aSignedUrlThatHasExpiredIsMadeAnewByTheManifest() {
        List<String> manifests = new ArrayList<>(List.of(manifest(false, "/old"), manifest(false, "/new")));
        server.createContext("/manifest", exchange -> send(exchange, 200, manifests.remove(0)));
        answer("/old", 403, "");
        answer("/new", 200, LINE);

        CommandRun run = verify("/manifest");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(requests).containsExactly("/manifest null", "/old null", "/manifest null", "/new null");
    }

    @Test
    void allPagesOfAManifestAreReadWithTheTokenOfTheFirst() throws IOException {
        String error = "\"error\":[{\"type\":\"OperationOutcome\",\"count\":1,\"url\":\"" + url("/told") + "\"}]";
        answer("/one", 200, linked(manifest(true, "/file"), url("/two"), error));
        answer("/two", 200, linked(manifest(true, "/other"), "three", error));
        answer("/three", 200, linked(manifest(true, "/third"), "", error));
        answer("/file", 200, LINE);
        answer("/other", 200, LINE.replace("ann", "bob"));
        answer("/third", 200, LINE);
        answer("/told", 200, "{\"resourceType\":\"OperationOutcome\"}\n");

        CommandRun run = verify("/one", "--token-file", token("t1"));

        assertThat(run.out())
                .contains("ok          output/file", "ok          output/other", "ok          error/told")
                .contains("DIFFERS     output/third", "line 1 repeats Patient/ann", "of 4 files");
        assertThat(requests).hasSize(7).allMatch(request -> request.endsWith(" Bearer t1"));
    }

    @Test
    void pagesThatLeadBackOrAreNotThereAreTold() {
        answer("/one", 200, linked(manifest(false, "/file"), url("/two"), "\"error\":[]"));
        answer("/two", 200, linked(manifest(false, "/file"), url("/one"), "\"error\":[]"));
        answer("/last", 200, linked(manifest(false, "/file"), url("/none"), "\"error\":[]"));
        answer("/bad", 200, linked(manifest(false, "/file"), "http://[", "\"error\":[]"));
        answer("/none", 404, "");

        assertThat(verify("/one").err()).contains("lead back to " + url("/one"));
        assertThat(verify("/last").err()).contains(url("/none") + " cannot be read: it does not exist");
        assertThat(verify("/bad").err()).contains("'http://[', which is not a URL");
        assertThat(verify("/last").exitCode()).isEqualTo(2);
    }

    @Test
    void aPartOfAnExportThatRunsIsNotTakenForTheWhole() {
        answer("/file", 200, LINE);
        answer("/busy", 202, manifest(false, "/file"));
        server.createContext("/apart", exchange -> {
            exchange.getResponseHeaders().set("X-Export-Status", "202 Accepted");
            send(exchange, 200, manifest(false, "/file"));
        });
        server.createContext("/done", exchange -> {
            exchange.getResponseHeaders().set("X-Export-Status", "200");
            send(exchange, 200, manifest(false, "/file"));
        });

        assertThat(verify("/busy").err()).contains("the export is not finished yet (HTTP 202)");
        assertThat(verify("/apart").err()).contains("the export is not finished yet (HTTP 202)");
        assertThat(verify("/done").exitCode()).isZero();
    }

    @Test
    void whatTheServerSaysInsteadOfAFileIsTold() {
        answer("/m404", 200, manifest(false, "/none"));
        answer("/m500", 200, manifest(false, "/broken"));
        answer("/m403", 200, manifest(false, "/denied"));
        answer("/none", 404, "");
        answer("/broken", 500, "");
        answer("/denied", 403, "");
        answer("/busy", 202, "");

        assertThat(verify("/m404").out()).contains("DIFFERS     output/none: 0 lines, 0 bytes; it does not exist");
        assertThat(verify("/m500").out()).contains("cannot be read: the server answered with HTTP 500");
        assertThat(verify("/m500").exitCode()).isEqualTo(2);
        assertThat(verify("/m403").out()).contains("cannot be read: access is denied (HTTP 403)");
        assertThat(verify("/busy").err()).contains("the export is not finished yet (HTTP 202)");
        assertThat(CommandRun.run("verify", "http://[").err()).contains("is not a URL");
    }

    private String token(String token) throws IOException {
        return Files.writeString(folder.resolve(token), token + "\n").toString();
    }

    private CommandRun verify(String path, String... options) {
        List<String> args = new ArrayList<>(List.of("verify", url(path)));
        args.addAll(List.of(options));
        return CommandRun.run(args.toArray());
    }

    private String url(String path) {
        return "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + path;
    }

    private String manifest(boolean tokenNeeded, String file) {
        return "{\"requiresAccessToken\":" + tokenNeeded + ",\"output\":[{\"type\":\"Patient\",\"count\":1,\"url\":\""
                + url(file) + "\"}]}";
    }

    private static String linked(String manifest, String next, String error) {
        String link = next.isEmpty() ? "" : ",\"link\":[{\"relation\":\"next\",\"url\":\"" + next + "\"}]";
        return manifest.substring(0, manifest.length() - 1) + "," + error + link + "}";
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> send(exchange, status, body));
    }

    private void send(HttpExchange exchange, int status, String body) throws IOException {
        requests.add(
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
