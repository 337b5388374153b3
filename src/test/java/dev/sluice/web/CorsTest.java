package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.RawHttp;
import dev.sluice.SluiceServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins: none by default, and those that are allowed with all that an export's client reads. */
@IntegrationTest
class CorsTest {
    private static final String PREFLIGHT = String.join(
            "\r\n",
            "OPTIONS /fhir/$export HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: prefer",
            "");

    @TempDir
    Path folder;

    @Test
    void withoutTheSettingNoPageIsServed() {
        try (SluiceServer server = SluiceServer.start()) {
            RawHttp.Answer preflight = RawHttp.send(server.root(), PREFLIGHT + "Origin: https://app.example\r\n\r\n");

            RawHttp.Answer answer = RawHttp.send(
                    server.root(),
                    "GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: https://app.example"
                            + "\r\n\r\n");

            assertThat(preflight.head()).doesNotContain("access-control");
            assertThat(answer.head()).doesNotContain("access-control");
        }
    }

    @Test
    void aPageOfAnotherOriginIsRefused() {
        try (SluiceServer server = SluiceServer.start("--sluice.web.cors.allowed-origins=https://app.example")) {
            RawHttp.Answer other = RawHttp.send(server.root(), PREFLIGHT + "Origin: https://other.example\r\n\r\n");
            RawHttp.Answer allowed = RawHttp.send(server.root(), PREFLIGHT + "Origin: https://app.example\r\n\r\n");

            assertThat(other.status()).isEqualTo(403);
            assertThat(other.body()).contains("OperationOutcome", "sluice.web.cors.allowed-origins");
            assertThat(allowed.status()).isEqualTo(200);
            assertThat(allowed.head())
                    .contains("access-control-allow-origin: https://app.example\r\n")
                    .contains("access-control-allow-headers: prefer\r\n");
        }
    }

    @Test
    void aPageInABrowserExportsAndReadsTheFile() throws Exception {
        try (Browser browser = new Browser(folder);
                SluiceServer server = SluiceServer.start("--sluice.web.cors.allowed-origins=" + browser.origin())) {
            assertThat(server.put("/Basic/b", "application/fhir+json", "{\"resourceType\":\"Basic\",\"id\":\"b\"}")
                            .statusCode())
                    .isEqualTo(201);

            assertThat(browser.open(page(server.base())))
                    .matches("206 bytes 0-9/[0-9]+ \\{\"resource \"[0-9a-f]{64}\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"app.example.org", "https://app.example.org/", "https://app.example.org/x", "", "https://a b"})
    void whatIsNoOriginIsRefusedAtTheStart(String origin) {
        assertThatThrownBy(() -> new CorsSettings(List.of(origin)))
                .hasMessageContaining("sluice.web.cors.allowed-origins has '" + origin + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "https://app.example.org", "http://localhost:3000", "http://[::1]:3000"})
    void anOriginIsTaken(String origin) {
        assertThat(new CorsSettings(List.of(origin)).allowedOrigins()).containsExactly(origin);
    }

    @ParameterizedTest
    @CsvSource({
        "https://App.Example.org, https://app.example.org",
        "HTTPS://app.example.org:443, https://app.example.org",
        "http://app.example.org:80, http://app.example.org",
        "https://app.example.org:80, https://app.example.org:80"
    })
    void anOriginIsTakenAsBrowsersWriteIt(String given, String origin) {
        assertThat(new CorsSettings(List.of(given)).allowedOrigins()).containsExactly(origin);
    }

    /** Does what a client of the Bulk Data IG does. */
    private static String page(URI base) {
        return """
                <script>
                const wait = ms => new Promise(done => setTimeout(done, ms));
                async function run() {
                  const kickOff = await fetch("%s/$export?_type=Basic",
                      {headers: {Accept: "application/fhir+json", Prefer: "respond-async"}});
                  const job = kickOff.headers.get("Content-Location");
                  let status = await fetch(job);
                  while (status.status === 202) {
                    if (status.headers.get("X-Progress") === null) throw new Error("no X-Progress");
                    await wait(1000 * Number(status.headers.get("Retry-After")));
                    status = await fetch(job);
                  }
                  if (status.headers.get("Expires") === null) throw new Error("no Expires");
                  const manifest = await status.json();
                  const file = await fetch(manifest.output[0].url, {headers: {Range: "bytes=0-9"}});
                  const text = await file.text();
                  return [file.status, file.headers.get("Content-Range"), text, file.headers.get("ETag")].join(" ");
                }
                run().then(text => text, error => String(error)).then(
                    text => fetch("/told", {method: "POST", body: text}));
                </script>
                """.formatted(base);
    }
}
