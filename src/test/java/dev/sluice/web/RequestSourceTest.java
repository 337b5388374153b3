package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.RawHttp;
import dev.sluice.RawHttp.Answer;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which names the server answers, whose pages it serves, and which proxies it believes. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class RequestSourceTest {
    private static final String KICK_OFF = "Accept: application/fhir+json\r\nPrefer: respond-async\r\n";

    private final SluiceServer open = SluiceServer.start("--sluice.base-url=https://fhir.example.org/r4");
    private final SluiceServer plain = SluiceServer.start();
    private final SluiceServer closedNetwork = SluiceServer.start(
            "--sluice.security.allow-open=true",
            "--sluice.web.allowed-hosts=sluice,other.example.org",
            "--sluice.web.trusted-proxies=127.0.0.1");

    @AfterAll
    void stop() {
        open.close();
        plain.close();
        closedNetwork.close();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:9, 200",
        "127.0.0.1:8080, 200",
        "127.9.9.9, 200",
        "[::1]:80, 200",
        "fhir.example.org, 200",
        "FHIR.example.org:8443, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "evil.example.localhost, 421",
        "localhost., 421",
        "127.1, 421",
        "10.0.0.7, 421",
        "192.168.1.5:8080, 421",
        "[fe80::1], 421",
        "0.0.0.0, 421",
        "2130706433, 421"
    })
    void openModeAnswersUnderItsOwnNamesOnly(String host, int status) {
        for (String path : List.of("/", "/fhir/metadata", "/fhir/Patient/1", "/actuator/prometheus")) {
            Answer answer = get(open, path, "Host: " + host + "\r\n");

            assertThat(answer.status() == 421).as(path + answer.head()).isEqualTo(status == 421);
            assertThat(answer.body()).doesNotContain("evil.example/");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "sluice:8080, 200",
        "other.example.org, 200",
        "10.0.0.7:8080, 200",
        "[fe80::1], 200",
        "evil.example, 421",
        "999.1.1.1, 421"
    })
    void aClosedNetworkHasMoreNames(String host, int status) {
        assertThat(get(closedNetwork, "/", "Host: " + host + "\r\n").status()).isEqualTo(status);
    }

    /** Kubernetes asks a pod by its address. */
    @Test
    void probesByAnAddressAreAnsweredInOtherModes() {
        try (SluiceServer smart = SluiceServer.start(
                "--sluice.security.mode=smart",
                "--sluice.base-url=https://fhir.example.org/fhir",
                "--sluice.web.trusted-proxies=192.0.2.1")) {
            String probe = "/actuator/health/liveness";

            assertThat(get(smart, probe, "Host: 10.0.0.7:8080\r\n").status()).isEqualTo(200);
            assertThat(get(smart, probe, "Host: evil.example\r\n").status()).isEqualTo(421);
            assertThat(get(smart, "/fhir/Patient/1", "Host: 10.0.0.7:8080\r\n").status())
                    .isEqualTo(403); // only by https
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Origin: https://evil.example | 403",
                "Origin: null | 403",
                "Origin: http://localhost:1 | 403",
                "Origin: https://localhost | 403",
                "Sec-Fetch-Site: cross-site | 403",
                "Origin: http://localhost | 200",
                "Origin: https://fhir.example.org | 200",
                "Sec-Fetch-Site: same-origin | 200",
                "Sec-Fetch-Site: same-site | 200",
                "Sec-Fetch-Site: none | 200",
                "X: y | 200"
            })
    void onlyItsOwnPagesAreServed(String header, int status) {
        for (String path : List.of("/", "/fhir/metadata", "/actuator/health")) {
            assertThat(get(open, path, "Host: localhost\r\n" + header + "\r\n").status())
                    .isEqualTo(status);
        }
    }

    /** Without a proxy that is trusted, they are those of any client. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Proto: javascript",
                "X-Forwarded-Prefix: //evil.example",
                "Forwarded: host=evil.example;proto=https",
                "X-Forwarded-For: 127.0.0.1"
            })
    void forwardedHeadersOfAnyClientAreIgnored(String header) {
        Answer answer = get(plain, "/", "Host: localhost\r\n" + header + "\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"http://localhost/fhir\"").doesNotContain("evil", "javascript");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-Host: other.example.org~X-Forwarded-Proto: https | 202 | https://other.example.org/fhir/",
                "Forwarded: host=\"other.example.org:8443\";proto=https | 202 | https://other.example.org:8443/fhir/",
                "X-Forwarded-Prefix: /a/b | 202 | http://sluice/a/b/fhir/",
                "X-Forwarded-Host: evil.example | 421 | ''",
                "Forwarded: host=evil.example | 421 | ''",
                "X-Forwarded-Host: other.example.org/x | 421 | ''",
                "X-Forwarded-Proto: javascript | 400 | ''",
                "X-Forwarded-Port: 99999 | 400 | ''",
                "X-Forwarded-Port: x | 400 | ''",
                "X-Forwarded-Prefix: //evil.example | 400 | ''",
                "X-Forwarded-Prefix: /<script> | 400 | ''"
            })
    void aTrustedProxySaysWhatTheUrlWas(String headers, int status, String base) {
        Answer answer = get(
                closedNetwork,
                "/fhir/$export?_type=Basic",
                KICK_OFF + "Host: sluice\r\n" + headers.replace("~", "\r\n") + "\r\n");

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        if (status == 202) {
            assertThat(answer.head()).contains("content-location: " + base + "_operations/export/");
        } else {
            assertThat(answer.body()).startsWith("{\"resourceType\":\"OperationOutcome\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--sluice.web.allowed-hosts=http://x",
                "--sluice.web.trusted-proxies=proxy.example.org",
                "--sluice.web.trusted-proxies=10.0.0.0/99",
                "--sluice.web.trusted-proxies=10",
                "--sluice.web.connections-per-address=0",
                "--server.forward-headers-strategy=framework"
            })
    void whatMakesNoSenseEndsTheStart(String option) {
        assertThatThrownBy(() -> SluiceServer.start(option).close())
                .hasStackTraceContaining(option.substring(2, option.indexOf('=')));
    }

    private static Answer get(SluiceServer server, String path, String headers) {
        return RawHttp.send(server.root(), "GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n");
    }
}
