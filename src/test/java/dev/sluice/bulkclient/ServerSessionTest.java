package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.StubServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests with tokens: where they go, and what is read of the answers. */
class ServerSessionTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T15:00:00Z"), ZoneOffset.UTC);

    private StubServer server;
    private StubServer other;

    @BeforeEach
    void start() throws IOException {
        server = StubServer.start();
        other = StubServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
        other.close();
    }

    @Test
    void redirectToAnotherServerLosesTheTokenAndKeepsTheRest() throws IOException {
        server.on("/near", answer(302, "", "Location", "/file"))
                .on("/file", answer(307, "", "Location", other.url("/far")));
        other.on("/far", answer(200, "x"));

        assertThat(status("/near", TokenProvider.fixed("t1"))).isEqualTo(200);

        assertThat(server.requests())
                .extracting(each -> each.header("Authorization"))
                .containsOnly("Bearer t1");
        assertThat(other.requests("/far")).singleElement().satisfies(request -> {
            assertThat(request.header("Authorization")).isEqualTo("none");
            assertThat(request.header("Range")).isEqualTo("bytes=7-");
        });
    }

    @Test
    void otherServersGetTheTokenOnlyIfTheUserSaysSo() throws IOException {
        other.on("/file", answer(200, "x"));

        for (Set<String> trusted : Set.of(Set.<String>of(), Set.of(other.url("")))) {
            ServerSession session =
                    new ServerSession(server.url("/fhir"), TokenProvider.fixed("t1"), trusted, Duration.ofSeconds(9));
            try (ServerAnswer answer = session.send(request(other.url("/file")), true)) {
                assertThat(answer.tokenSent()).isEqualTo(!trusted.isEmpty());
                assertThat(answer.tokenWithheld()).isEqualTo(trusted.isEmpty());
            }
        }
    }

    @Test
    void redirectsEnd() throws IOException {
        server.on("/round", answer(302, "", "Location", "/round"));

        assertThat(status("/round", TokenProvider.NONE)).isEqualTo(302);
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void kickOffByPostIsNotRepeatedByARedirectThatDoesNotSaySo() throws IOException {
        server.on("/kick-off", answer(302, "", "Location", "/file"));

        ServerSession session = new ServerSession(server.url("/fhir"), TokenProvider.NONE);
        HttpRequest post = HttpRequest.newBuilder(URI.create(server.url("/kick-off")))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        try (ServerAnswer answer = session.send(post, false)) {
            assertThat(answer.status()).isEqualTo(302);
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void retryAfterIsReadAsSecondsAndAsADateOfTheServer() throws IOException {
        Instant now = Clock.systemUTC().instant();

        assertThat(retryAfter("120")).contains(Duration.ofMinutes(2));
        assertThat(retryAfter(httpDate(now.plusSeconds(300))).orElseThrow())
                .as("the clock of the client is fixed")
                .isBetween(Duration.ofSeconds(200), Duration.ofSeconds(301));
        assertThat(retryAfter(httpDate(now.minusSeconds(300)))).contains(Duration.ZERO);
        assertThat(retryAfter("soon")).isEmpty();
    }

    @Test
    void tokenIsNotSentOverPlainHttp() {
        ServerSession session = new ServerSession("http://192.0.2.1/fhir", TokenProvider.fixed("t1"));

        assertThatThrownBy(() -> session.send(request("http://192.0.2.1/fhir/x"), true))
                .hasMessageContaining("the bearer token is not sent over http");
    }

    private static String httpDate(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private Optional<Duration> retryAfter(String value) throws IOException {
        server.on("/wait", answer(503, "", "Retry-After", value));
        try (ServerAnswer answer =
                new ServerSession(server.url("/"), TokenProvider.NONE).send(request(server.url("/wait")), false)) {
            return answer.retryAfter(CLOCK::instant);
        }
    }

    private int status(String path, TokenProvider tokens) throws IOException {
        try (ServerAnswer answer =
                new ServerSession(server.url("/fhir"), tokens).send(request(server.url(path)), true)) {
            return answer.status();
        }
    }

    private static HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Range", "bytes=7-")
                .build();
    }
}
