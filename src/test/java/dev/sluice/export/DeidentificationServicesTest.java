package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** De-identified exports with keys and services that are outside of the server. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DeidentificationServicesTest {
    private static final String MARKER = "Mary-Marker";
    private static final String HASHES = """
            {"fhirPathRules": [{"path": "Resource.id", "method": "cryptoHash"},
              {"path": "nodesByType('Reference').reference", "method": "cryptoHash"}],
             "parameters": {%s}}
            """;

    private final AtomicInteger faults = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Path home;
    private final HttpServer services;
    private final SluiceServer server;
    private final ExportClient client;

    DeidentificationServicesTest(@TempDir Path home) throws IOException {
        this.home = home;
        services = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        services.setExecutor(threads);
        services.createContext("/scrub", this::scrub);
        services.createContext("/refuse", exchange -> answer(exchange, 422, ""));
        services.start();
        String url = "http://localhost:" + services.getAddress().getPort();
        server = SluiceServer.start(
                "--sluice.home=" + home,
                "--sluice.deidentification.keys=file:" + home + "/keys/*,env:DEID_*",
                "--sluice.deidentification.scrubber-url=" + url + "/scrub",
                "--sluice.deidentification.pseudonym-url=" + url + "/refuse");
        client = new ExportClient(server);
    }

    @BeforeAll
    void load() throws IOException {
        Ward.load(server, """
                {"resourceType":"Patient","id":"p1","gender":"female"}
                {"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"subject":\
                {"reference":"Patient/p1"},"valueString":"Mary-Marker was seen"}
                """);
        Files.createDirectories(home.resolve("keys"));
        Files.writeString(home.resolve("keys/study"), "0123456789abcdef\n");
        Files.writeString(home.resolve("secret"), "the password of the database\n");
    }

    @AfterAll
    void stop() {
        server.close();
        services.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aKeyInAFileGivesTheSameIdsAtEachExport() throws IOException {
        rules("study.json", HASHES.formatted("\"keyRef\": \"file:" + home + "/keys/study\""));
        rules(
                "other.json",
                HASHES.formatted("\"keyRef\": \"file:" + home + "/keys/study\", \"keyDerivationContext\": \"other\""));

        Export first = export("study.json");
        assertThat(first.keys()).hasSize(2).doesNotContain("Patient/p1");
        assertThat(export("study.json").keys()).isEqualTo(first.keys());
        assertThat(export("other.json").keys()).hasSize(2).doesNotContainAnyElementsOf(first.keys());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            file:%s/secret | Rule files may not use the keyRef file:
            file:%s/keys/../secret | A keyRef is not valid.
            file:%s/keys/missing | names no key
            env:PATH | Rule files may not use the keyRef env:PATH
            env:DEID_MISSING | The keyRef env:DEID_MISSING names no key
            keyvault:https://evil.example/secrets/a | Rule files may not use the keyRef keyvault:
            """)
    void aKeyThatRuleFilesMayNotUseIsRefused(String reference, String message) throws IOException {
        rules("refused.json", HASHES.formatted("\"keyRef\": \"" + reference.formatted(home) + "\""));

        assertThat(outcome(400, client.kickOff(path("refused.json"))))
                .singleElement()
                .asString()
                .contains(message)
                .doesNotContain("password");
    }

    @Test
    void aTextIsScrubbedAfterAnOutage() throws IOException {
        rules("scrub.json", """
                {"processingErrors": "skip", "fhirPathRules": [{"path": "Observation.value", "method": "scrub"}]}
                """);
        faults.set(2);

        Export export = export("scrub.json");

        assertThat(export.lines().get("Observation"))
                .singleElement()
                .asString()
                .contains("[name] was seen", "REDACTED")
                .doesNotContain(MARKER);
        assertThat(faults).hasValue(0);
    }

    @Test
    void aResourceThatTheServiceRefusesIsEmptied() throws IOException {
        rules("pseudonyms.json", """
                {"processingErrors": "skip", "fhirPathRules": [
                  {"path": "Observation.subject.reference", "method": "pseudonymize", "domain": "study"}]}
                """);

        Export export = export("pseudonyms.json");

        assertThat(export.lines().get("Observation")).singleElement().asString().doesNotContain(MARKER, "p1", "o1");
        String report = export.manifest().path("error").path(0).path("url").asString();
        assertThat(server.get(report).body())
                .contains("only the type remains, since a rule could not be applied to them: 1.")
                .doesNotContain(MARKER);
    }

    private Export export(String rules) {
        return client.export(path(rules));
    }

    private static String path(String rules) {
        return "/$export?_type=Patient,Observation&_container=study&_anonymizationConfig=" + rules;
    }

    private void rules(String name, String text) throws IOException {
        Path folder = Files.createDirectories(home.resolve("blobs/anonymization"));
        Files.writeString(folder.resolve(name), text);
    }

    private void scrub(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (faults.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            answer(exchange, 503, "");
        } else {
            answer(exchange, 200, text.replace(MARKER, "[name]"));
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
