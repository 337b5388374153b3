package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RawHttp;
import dev.sluice.RawHttp.Answer;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every endpoint with odd methods, headers and bytes: no request makes the server fail, and each refusal is told in FHIR. */
@SlowTest
class RandomRequestsTest {
    private static final int REQUESTS = 1_500;

    private static final List<String> METHODS = List.of(
            "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE", "get", "X");
    private static final List<String> PATHS = List.of(
            "/",
            "/error",
            "/fhir",
            "/fhir/$export",
            "/fhir/Patient/$export",
            "/fhir/Group/1/$export",
            "/fhir/$export-estimate",
            "/fhir/$import",
            "/fhir/metadata",
            "/fhir/OperationDefinition/export",
            "/fhir/Patient",
            "/fhir/Patient/1",
            "/fhir/Patient/1/_history/1",
            "/fhir/Group",
            "/fhir/_operations/export/00000000-0000-0000-0000-000000000000",
            "/fhir/_operations/export/00000000-0000-0000-0000-000000000000/pages/1",
            "/fhir/_operations/export/00000000-0000-0000-0000-000000000000/files/Patient-1.ndjson",
            "/fhir/_operations/import/00000000-0000-0000-0000-000000000000",
            "/fhir/_operations/import/00000000-0000-0000-0000-000000000000/errors/x");
    private static final List<String> NAMES = List.of(
            "_type",
            "_since",
            "_until",
            "_typeFilter",
            "_elements",
            "patient",
            "_format",
            "_pretty",
            "name",
            "_container",
            "_maxCount",
            "identifier",
            "",
            "x");
    private static final List<String> VALUES = List.of(
            "Patient",
            "",
            "%00",
            "%zz",
            "%ff",
            "%ED%A0%80",
            "9999999999",
            "-1",
            "0001-01-01",
            "2024-02-30T25:61:61Z",
            "2024-12-31T23:59:60Z",
            "Patient%3Fname=%00",
            "Patient%3F%26%3D%26",
            "%F0%9F%98%80",
            "..%2f..",
            "*",
            "true");
    private static final List<String> HEADERS = List.of(
            "Accept",
            "Prefer",
            "Content-Type",
            "If-Match",
            "If-None-Match",
            "If-None-Exist",
            "If-Modified-Since",
            "Range",
            "If-Range",
            "Content-Encoding",
            "Expect",
            "Origin",
            "Access-Control-Request-Method",
            "Host",
            "Authorization",
            "Cookie",
            "Accept-Encoding",
            "Accept-Language",
            "Accept-Charset",
            "Upgrade",
            "X-Forwarded-Host",
            "Forwarded");
    private static final List<String> HEADER_VALUES = List.of(
            "application/fhir+json",
            "application/json",
            "application/fhir+ndjson",
            "text/plain",
            "*/*",
            ";;;",
            "\"",
            "*",
            "W/\"1\"",
            "W/\"99999999999\"",
            "respond-async",
            "respond-async, handling=lenient",
            "bytes=0-",
            "bytes=-0",
            "gzip",
            "identity",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "identifier=a|b",
            "identifier=%",
            "x\u0001",
            "\u00ff\u00fe",
            "100-continue",
            "",
            "http://[",
            "GET",
            "a/b;charset=nope",
            "de-DE;q=abc");
    private static final List<String> BODIES = List.of(
            "",
            "{",
            "{}",
            "[]",
            "null",
            "1e999",
            "\u0000",
            "\u00ff\u00fe",
            "\u001f\u008b\u0008",
            "a=b&c=%zz",
            "\"",
            "{\"resourceType\":\"Patient\",\"id\":\"1\"}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[null]}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"\\u0000\"}]}",
            "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[null]}",
            "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":7}}]}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"input\",\"part\":[{\"name\":\"url\"}]}]}");

    @Test
    void noRequestMakesTheServerFail() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (SluiceServer server = SluiceServer.start("--logging.level.root=off")) {
            for (int i = 0; i < REQUESTS; i++) {
                String request = request(random);

                Answer answer = RawHttp.send(server.root(), request);

                assertThat(answer.status())
                        .as("seed %d, request %s, answer %s", seed, request, answer)
                        .matches(status -> status < 500 || status == 501 || status == 505);
                if (answer.status() >= 400 && !request.startsWith("HEAD")) {
                    assertThat(answer.body())
                            .as("seed %d, request %s", seed, request)
                            .startsWith("{")
                            .contains("\"OperationOutcome\"", "\"diagnostics\"");
                }
            }
        }
    }

    private static String request(Random random) {
        StringBuilder request = new StringBuilder(one(METHODS, random) + " " + one(PATHS, random));
        if (random.nextInt(8) == 0) {
            request.append(random.nextBoolean() ? "/" : (char) random.nextInt(256));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.append(request.indexOf("?") < 0 ? '?' : '&')
                    .append(one(NAMES, random))
                    .append('=')
                    .append(one(VALUES, random));
        }
        String body = one(BODIES, random);
        request.append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ")
                .append(body.length())
                .append("\r\n");
        if (random.nextInt(4) > 0) {
            request.append("Accept: application/fhir+json\r\nPrefer: respond-async\r\n");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.append(one(HEADERS, random))
                    .append(": ")
                    .append(one(HEADER_VALUES, random))
                    .append("\r\n");
        }
        return request.append("\r\n").append(body).toString();
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
