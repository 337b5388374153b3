package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RawHttp;
import dev.sluice.RawHttp.Answer;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no well-made client sends: each gets the right status, and an OperationOutcome that says why. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class OddRequestsTest {
    private static final String HOST = "Host: localhost\r\nConnection: close\r\n";
    private static final String KICK_OFF = "Accept: application/fhir+json\r\nPrefer: respond-async\r\n";
    private static final String JSON = "Content-Type: application/fhir+json\r\n";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

    private final SluiceServer server = SluiceServer.start();

    @AfterAll
    void stop() {
        server.close();
    }

    /** A request, and words of what it is told. */
    private record Odd(int status, String words, String request) {
        @Override
        public String toString() {
            return status + " "
                    + request.substring(0, Math.min(70, request.length())).replaceAll("\\p{Cntrl}", "~");
        }
    }

    private static Odd get(int status, String words, String target, String... headers) {
        return new Odd(status, words, "GET " + target + " HTTP/1.1\r\n" + HOST + String.join("", headers) + "\r\n");
    }

    private static Odd post(int status, String words, String target, String headers, String body) {
        return new Odd(status, words, request("POST", target, headers, body));
    }

    private static String request(String method, String target, String headers, String body) {
        return method + " " + target + " HTTP/1.1\r\n" + HOST + headers + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    static Stream<Odd> targets() {
        return Stream.of(
                get(400, "Invalid URI", "/fhir/Patient/%zz"),
                get(400, "Invalid URI", "/fhir/Patient/%"),
                get(400, "Invalid URI", "/fhir/Patient/%00"),
                get(400, "Invalid URI", "/fhir/../../etc/passwd"),
                get(404, "'a/b' is neither the id", "/fhir/Patient/a%2Fb"),
                get(404, "'a\\\\b' is neither the id", "/fhir/Patient/a%5Cb"),
                get(404, "", "/fhir/_operations/export/%2e%2e%2f%2e%2e"),
                get(404, "", "/fhir//metadata"),
                get(400, "control character", "/fhir/Patient/a%0Ab"),
                get(400, "not in its normal form", "/fhir/./metadata"),
                get(400, "control character", "/fhir/$export?a%0A=1", KICK_OFF),
                get(400, "request target", "/fhir/Patient/1#x"),
                get(400, "", "/fhir/Patient\\1"),
                get(400, "", "/fhir/Patient/a b"),
                get(400, "request target", "/fhir/Patient/\u0001"),
                get(400, "request target", "/fhir/Patient/\u00e9"),
                get(400, "not valid HTTP", "/fhir/{Patient}"),
                get(400, "after a ';'", "/fhir/Patient/$export;_type=Patient", KICK_OFF),
                get(400, "cannot be read", "/fhir/$export?_type=%zz", KICK_OFF),
                get(400, "cannot be read", "/fhir/$export?_type=%", KICK_OFF),
                get(400, "UTF-8", "/fhir/$export?_type=%ff", KICK_OFF),
                get(400, "NUL", "/fhir/$export?_type=Patient&_typeFilter=Patient%3Fname%3D%00", KICK_OFF),
                get(400, "NUL", "/fhir/Group?name=%00"),
                get(400, "More than the maximum", "/fhir/$export?" + "a=1&".repeat(1_500), KICK_OFF),
                get(414, "body of a POST", "/fhir/$export?_type=" + "a".repeat(20_000), KICK_OFF),
                get(404, "The FHIR base of this server is http://localhost", "/$export", KICK_OFF),
                get(404, "The FHIR base of this server is http://localhost", "/Patient/$export", KICK_OFF),
                get(404, "There is nothing at /fhirs", "/fhirs"),
                get(404, "There is nothing at /actuator/nothing", "/actuator/nothing"),
                get(404, "", "/error"),
                get(400, "have no meaning here", "/nowhere;x=1"),
                post(404, "There is nothing at /nowhere", "/nowhere", JSON, "{}"),
                new Odd(405, "", request("DELETE", "/", "", "")));
    }

    static Stream<Odd> headers() {
        String post = "POST /fhir/$export HTTP/1.1\r\n" + HOST + KICK_OFF;
        return Stream.of(
                get(431, "too large", "/fhir/metadata", "X: " + "a".repeat(20_000) + "\r\n"),
                get(400, "number of headers", "/fhir/metadata", "X: 1\r\n".repeat(300)),
                get(400, "header line", "/fhir/metadata", "X: \u0001\r\n"),
                get(400, "header line", "/fhir/metadata", "X: a\0b\r\n"),
                get(400, "header line", "/fhir/metadata", "no colon\r\n"),
                get(400, "header line", "/fhir/metadata", "X(): b\r\n"),
                get(400, "not valid HTTP", "/fhir/metadata", HOST),
                get(417, "Expect", "/fhir/metadata", "Expect: wonders\r\n"),
                get(406, "';;;'", "/fhir/Group", "Accept: ;;;\r\n"),
                new Odd(400, "Host", "GET /fhir/metadata HTTP/1.1\r\nConnection: close\r\n\r\n"),
                new Odd(505, "HTTP/1.1", "GET /fhir/metadata HTTP/9.9\r\n" + HOST + "\r\n"),
                new Odd(400, "Content-Length", post + "Content-Length: abc\r\n\r\n"),
                new Odd(400, "Content-Length", post + "Content-Length: -1\r\n\r\n"),
                new Odd(400, "Content-Length", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
                new Odd(501, "transfer coding", post + "Transfer-Encoding: wonders\r\n\r\n"),
                new Odd(501, "method", "CONNECT /fhir/metadata HTTP/1.1\r\n" + HOST + "\r\n"),
                new Odd(400, "method", "G{}T /fhir/metadata HTTP/1.1\r\n" + HOST + "\r\n"),
                new Odd(405, "BREW is not offered", "BREW /fhir/metadata HTTP/1.1\r\n" + HOST + "\r\n"),
                new Odd(405, "get is not offered", "get /fhir/metadata HTTP/1.1\r\n" + HOST + "\r\n"),
                new Odd(405, "", "TRACE /fhir/metadata HTTP/1.1\r\n" + HOST + "\r\n"),
                new Odd(400, "not valid HTTP", "\u0016\u0003\u0001\u0002\r\n\r\n"),
                new Odd(0, "not valid HTTP", "good morning\r\n\r\n"));
    }

    static Stream<Odd> bodies() {
        String chunked = HOST + KICK_OFF + JSON + "Transfer-Encoding: chunked\r\n\r\n";
        String untyped = HOST + "Transfer-Encoding: chunked\r\n\r\n";
        String cut = HOST + KICK_OFF + JSON + "Content-Length: 100\r\n\r\n{";
        return Stream.of(
                new Odd(400, "not valid HTTP", "POST /fhir/$export HTTP/1.1\r\n" + chunked + "zz\r\n{}\r\n0\r\n\r\n"),
                new Odd(400, "not valid HTTP", "PUT /fhir/Patient/1 HTTP/1.1\r\n" + chunked + "zz\r\n{}\r\n0\r\n\r\n"),
                new Odd(415, "Content-Type is missing", "POST /fhir HTTP/1.1\r\n" + untyped + "2\r\n{}\r\n0\r\n\r\n"),
                new Odd(400, "not valid HTTP", "POST /fhir HTTP/1.1\r\n" + untyped + "zz\r\n{}\r\n0\r\n\r\n"),
                new Odd(400, "", "POST /fhir HTTP/1.1\r\n" + untyped + "20\r\n"),
                new Odd(400, "ends early", "POST /fhir HTTP/1.1\r\n" + chunked + "20\r\n{"),
                new Odd(400, "ends early", "POST /fhir/$export HTTP/1.1\r\n" + cut),
                new Odd(400, "ends early", "PUT /fhir/Patient/1 HTTP/1.1\r\n" + cut),
                post(415, "application/x-www-form", "/fhir/$export", KICK_OFF + FORM, "_type=Patient"),
                post(415, "application/x-www-form", "/fhir/$export", KICK_OFF + FORM, "_type=%zz"),
                post(415, "application/x-www-form", "/fhir/$export", KICK_OFF + FORM, "a=" + "b".repeat(3_000_000)),
                post(415, "multipart", "/fhir/$export", KICK_OFF + "Content-Type: multipart/form-data\r\n", "x"),
                post(415, "multipart", "/fhir/Patient", "Content-Type: multipart/form-data\r\n", "x"),
                post(415, "text/plain", "/fhir/$export", KICK_OFF + "Content-Type: text/plain\r\n", "x"),
                post(415, "The header Content-Type is missing", "/fhir/$export", KICK_OFF, "{}"),
                post(415, "The header Content-Type is missing", "/fhir", "", "{}"),
                post(415, "The header Content-Type is missing", "/fhir/$import", "", "{}"),
                post(415, "The header Content-Type is missing", "/nowhere", "", "{}"),
                post(415, "The header Content-Type is missing", "/actuator/health", "", "{}"),
                new Odd(415, "The header Content-Type is missing", request("PUT", "/fhir/Patient/1", "", "{}")),
                new Odd(415, "The header Content-Type is missing", request("DELETE", "/fhir/Patient/1", "", "{}")),
                post(415, "nonsense", "/fhir/$export", KICK_OFF + "Content-Type: nonsense\r\n", "{}"),
                post(415, "in UTF-8", "/fhir/$export", KICK_OFF + "Content-Type: text/json;charset=x\r\n", "{}"),
                post(415, "charset", "/fhir/$export", KICK_OFF + JSON.strip() + ";charset=latin1\r\n", "{}"),
                post(415, "'gzip'", "/fhir/$export", KICK_OFF + JSON + "Content-Encoding: gzip\r\n", "x"),
                post(415, "nonsense", "/fhir/Patient", "Content-Type: nonsense\r\n", "{}"),
                post(415, "///", "/fhir/$import", "Content-Type: ///\r\n", "{}"),
                post(415, "'*', which names no media type", "/fhir/nothing/at/all", "Content-Type: *\r\n", "{}"),
                post(415, "'*/*', which names no media type", "/fhir/Patient", "Content-Type: */*\r\n", "{}"),
                new Odd(
                        415,
                        "'text/*', which names",
                        request("OPTIONS", "/fhir/x/y/z", "Content-Type: text/*\r\n", "")),
                new Odd(415, "x-www-form", request("PUT", "/fhir/Patient/1", FORM, "a=%zz")),
                new Odd(400, "has no body here", request("GET", "/fhir/$export", KICK_OFF + JSON, "{}")),
                new Odd(400, "has no body here", request("GET", "/fhir/$export-estimate", FORM, "_type=Patient")),
                post(413, "larger than 1048576", "/fhir/$export", KICK_OFF + JSON, " ".repeat((1 << 20) + 1)));
    }

    @ParameterizedTest
    @MethodSource({"targets", "headers", "bodies"})
    void anOddRequestIsToldWhatIsWrong(Odd odd) {
        Answer answer = RawHttp.send(server.root(), odd.request());

        assertThat(answer.status()).as(answer.body()).isEqualTo(odd.status());
        assertThat(answer.body())
                .startsWith("{\"resourceType\":\"OperationOutcome\"")
                .contains(odd.words());
        if (odd.status() > 0) {
            assertThat(answer.head())
                    .contains("content-type: application/fhir+json\r\n")
                    .contains("cache-control: no-store\r\n", "x-content-type-options: nosniff\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET /fhir/metadata, 200", "DELETE /fhir/Patient/1, 204"})
    void anEmptyBodyInChunksNeedsNoType(String request, int status) {
        String chunks = "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

        assertThat(RawHttp.send(server.root(), request + " HTTP/1.1\r\n" + HOST + chunks)
                        .status())
                .isEqualTo(status);
    }

    @Test
    void theAddressWithoutAPathTellsWhereTheBaseIs() {
        assertThat(server.get(server.root() + "/").body()).contains(server.base() + "/metadata");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/$export", "/Patient/$export", "/Group/1/$export"})
    void aHeadStartsNoExport(String path) {
        Answer answer = RawHttp.send(server.root(), "HEAD /fhir" + path + " HTTP/1.1\r\n" + HOST + KICK_OFF + "\r\n");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head()).contains("allow: get, post\r\n").doesNotContain("content-location");
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/metadata/, 200", "/Group/, 200", "/Patient/1/, 404", "/$export/, 202", "/Patient/$export/, 202"})
    void aSlashAtTheEndMeansTheSameAsNone(String path, int status) {
        String[] headers = {"Accept", "application/fhir+json", "Prefer", "respond-async"};

        assertThat(server.get(path, headers).statusCode()).isEqualTo(status);
        assertThat(server.get(path, headers).body())
                .doesNotContain("There is nothing")
                .doesNotContain("neither the id");
    }
}
