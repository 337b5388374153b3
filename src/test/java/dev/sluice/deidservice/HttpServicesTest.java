package dev.sluice.deidservice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServicesTest {
    private static final String MARKER = "Mary-Marker";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int status = 200;
    private UnaryOperator<String> answer = text -> text.replace(MARKER, "");
    private Charset charset = UTF_8;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aTextIsScrubbed() {
        assertThat(scrubber().scrub("Seen: " + MARKER + ", “fine”.")).isEqualTo("Seen: , “fine”.");
        assertThat(requests).containsExactly("text/plain; charset=utf-8|null|Seen: " + MARKER + ", “fine”.");
    }

    @Test
    void aUserOfTheUrlIsAuthenticated() {
        new HttpTextScrubber(URI.create(url().replace("//", "//user:secret@"))).scrub("text");

        assertThat(requests).containsExactly("text/plain; charset=utf-8|Basic dXNlcjpzZWNyZXQ=|text");
    }

    @Test
    void aPseudonymIsAskedForOnce() {
        answer = text -> "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"original\",\"valueIdentifier\":"
                + "{\"value\":\"p1\"}},{\"name\":\"pseudonym\",\"valueIdentifier\":{\"value\":\"H3RAU\"}}]}";
        HttpPseudonymService service = pseudonyms();

        assertThat(service.pseudonym("Patient", "p\"1")).isEqualTo("H3RAU");
        assertThat(service.pseudonym("Patient", "p\"1")).isEqualTo("H3RAU");
        assertThat(requests)
                .containsExactly("application/fhir+json|null|{\"resourceType\":\"Parameters\",\"parameter\":["
                        + "{\"name\":\"context\",\"valueIdentifier\":{\"value\":\"Patient\"}},"
                        + "{\"name\":\"original\",\"valueIdentifier\":{\"value\":\"p\\\"1\"}}]}");
        assertThat(service.pseudonym("Encounter", "p\"1")).isEqualTo("H3RAU");
        assertThat(requests).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"parameter":[{"name":"pseudonym","valueString":"H3RAU"}]} | H3RAU
            {"parameter":[{"name":"pseudonym","valueIdentifier":{"value":"p1"}}]} |
            {"parameter":[{"name":"pseudonym","valueIdentifier":{"value":""}}]} |
            {"parameter":[{"name":"pseudonym","valueIdentifier":{"value":7}}]} |
            {"parameter":[{"name":"pseudonym"}]} |
            {"parameter":[{"name":"original","valueIdentifier":{"value":"p1"}}]} |
            {"parameter":7} |
            [] |
            p1 |
            """)
    void aPseudonymIsAnotherText(String body, String pseudonym) {
        answer = text -> body;

        assertThat(pseudonyms().pseudonym("Patient", "p1")).isEqualTo(pseudonym);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 415, 422})
    void aServiceMayRefuseAText(int refusal) {
        status = refusal;

        assertThat(scrubber().scrub(MARKER)).isNull();
        assertThat(pseudonyms().pseudonym("Patient", MARKER)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 302, 307, 401, 403, 404, 429, 500, 503})
    void anotherAnswerMeansThatTheServiceCannotBeUsed(int fault) {
        status = fault;

        assertThatThrownBy(() -> new HttpTextScrubber(URI.create(url() + "?code=" + MARKER)).scrub(MARKER))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("A service of de-identification cannot be used: it answers with the status " + fault + ": "
                        + url())
                .hasMessageNotContaining(MARKER);
        assertThat(requests).hasSize(1);
    }

    @Test
    void largeTextsAndAnswersAreRefused() {
        assertThat(scrubber().scrub("a".repeat((1 << 20) + 1))).isNull();
        assertThat(requests).isEmpty();

        answer = text -> "a".repeat(50 << 20);
        assertThat(scrubber().scrub("a")).isNull();
        answer = text -> "a".repeat(1 << 20);
        assertThat(scrubber().scrub("a")).hasSize(1 << 20);
    }

    @Test
    void anAnswerIsText() {
        answer = text -> "für\ufffd";
        assertThat(scrubber().scrub("a")).isEqualTo("für\ufffd");
        charset = ISO_8859_1;
        assertThat(scrubber().scrub("a")).isNull();
    }

    @Test
    void aServiceThatDoesNotExistCannotBeUsed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        HttpTextScrubber scrubber = new HttpTextScrubber(URI.create("http://user:secret@localhost:" + port + "/"));

        assertThatThrownBy(() -> scrubber.scrub(MARKER))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageNotContainingAny(MARKER, "secret");
    }

    @Test
    void aServiceThatDoesNotAnswerIsLeft() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            HttpService service = new HttpService(
                    URI.create("http://localhost:" + silent.getLocalPort() + "/"),
                    MediaType.get("text/plain"),
                    Duration.ofMillis(200));

            assertThatThrownBy(() -> service.post(MARKER))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("timeout");
        }
    }

    private HttpTextScrubber scrubber() {
        return new HttpTextScrubber(URI.create(url()));
    }

    private HttpPseudonymService pseudonyms() {
        return new HttpPseudonymService(URI.create(url()));
    }

    private String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/path";
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        requests.add(exchange.getRequestHeaders().getFirst("Content-Type") + "|"
                + exchange.getRequestHeaders().getFirst("Authorization") + "|" + body);
        exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
        byte[] bytes = answer.apply(body).getBytes(charset);
        exchange.sendResponseHeaders(status, status == 204 ? -1 : 0);
        if (status != 204) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }
}
