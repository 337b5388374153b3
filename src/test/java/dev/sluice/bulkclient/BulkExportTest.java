package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.EVERYTHING;
import static dev.sluice.bulkclient.BulkServer.JOB;
import static dev.sluice.bulkclient.BulkServer.KICK_OFF;
import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.BulkServer.linked;
import static dev.sluice.bulkclient.BulkServer.manifest;
import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.bulkclient.BulkRequest.Parameter;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Kick-off, status and manifests of a server that is busy, broken, or writes its manifest in pages. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BulkExportTest {
    private static final String OUTCOME =
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"%s\",\"diagnostics\":\"%s\"}]}";

    private static final BulkRequest PARTIAL =
            new BulkRequest("$export", List.of(new Parameter("allowPartialManifests", "true")), false, false);

    @TempDir
    private Path parent;

    private BulkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BulkServer(parent.resolve("export"));
        for (String name : List.of("a", "b", "c")) {
            server.stub.on("/files/" + name + ".ndjson", file(lines(3), ""));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void exportIsWaitedForAndItsFilesLieBesideTheirManifest() throws IOException {
        server.stub.on(
                JOB,
                answer(202, "", "Retry-After", "3", "X-Progress", "10%"),
                answer(202, ""),
                json(200, manifest(false, item("a"), item("b"))));

        BulkExport.Result result = server.run();

        assertThat(result.state().transactionTime()).isEqualTo("2026-11-29T15:00:00.123Z");
        assertThat(result.files()).extracting(DownloadedFile::lines).containsExactly(3L, 3L);
        assertThat(server.pauses).containsExactly(Duration.ofSeconds(3), Duration.ofMillis(500));
        assertThat(server.progress).containsExactly("10%", "");
        assertThat(server.names()).containsExactly("a.ndjson", "b.ndjson", "manifest.json");
        JsonNode saved = FhirJson.parseObject(server.text("manifest.json").getBytes(StandardCharsets.UTF_8));
        assertThat(saved.path("output").path(1).path("url").asString()).isEqualTo("b.ndjson");
        assertThat(server.stub.requests(KICK_OFF)).singleElement().satisfies(request -> {
            assertThat(request.header("Prefer")).isEqualTo("respond-async");
            assertThat(request.header("Accept")).isEqualTo("application/fhir+json");
        });
    }

    @Test
    void faultsThatPassAreTriedAgainWhenTheServerWantsIt() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Clock.systemUTC().instant().plusSeconds(90).atOffset(ZoneOffset.UTC));
        server.stub.on(KICK_OFF, answer(429, "", "Retry-After", date), answer(202, "", "Content-Location", JOB));
        server.stub.on(
                JOB,
                answer(500, "<html><title>Bad Gateway</title>"),
                json(500, OUTCOME.formatted("throttled", "later"), "Retry-After", "4"),
                json(200, manifest(false, item("a"))));

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.pauses.get(0)).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(91));
        assertThat(server.pauses.get(2)).isEqualTo(Duration.ofSeconds(4));
        assertThat(server.notes).anyMatch(note -> note.contains("HTTP 500: an HTML page ('Bad Gateway')"));
    }

    @Test
    void kickOffThatMayHaveBegunAnExportIsNotRepeated() {
        server.stub.on(KICK_OFF, (exchange, body) -> {}); // no answer at all
        assertThatThrownBy(server::run).hasMessageContaining("The server may have begun an export");

        int sent = server.stub.requests(KICK_OFF).size();
        server.stub.on(KICK_OFF, answer(504, ""));
        assertThatThrownBy(server::run).hasMessageContaining("was answered with HTTP 504");

        assertThat(server.stub.requests(KICK_OFF)).hasSize(sent + 1);
        assertThat(server.pauses).isEmpty();
    }

    @Test
    void refusalsAreToldInTheWordsOfTheServer() {
        server.stub.on(KICK_OFF, json(400, OUTCOME.formatted("invalid", "'Patint' is no type.")));
        assertThatThrownBy(server::run)
                .hasMessage("The request for the export was answered with HTTP 400: 'Patint' is no type.");

        server.stub.on(KICK_OFF, json(403, OUTCOME.formatted("forbidden", "No scope for Patient")));
        assertThatThrownBy(server::run)
                .hasMessageEndingWith("HTTP 403: No scope for Patient.")
                .isInstanceOfSatisfying(
                        BulkClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));

        server.stub.on(KICK_OFF, answer(200, "{}"));
        assertThatThrownBy(server::run).hasMessageContaining("HTTP 200 and not with 202");

        server.stub.on(KICK_OFF, answer(202, ""));
        assertThatThrownBy(server::run).hasMessageContaining("Content-Location");
    }

    @Test
    void exportThatFailedOrExpiredIsTold() {
        server.stub.on(JOB, json(500, OUTCOME.formatted("exception", "The disk is full.")));
        assertThatThrownBy(server::run)
                .hasMessageContaining("The export has failed on the server.")
                .hasMessageContaining("The disk is full.");

        server.stub.on(JOB, answer(404, ""));
        assertThatThrownBy(server::run).hasMessageContaining("was deleted, or it has expired");
        assertThat(server.stub.requests(KICK_OFF))
                .as("the job of the first run")
                .hasSize(1);
    }

    @Test
    void pageOfALoginIsNoManifest() {
        server.stub.on(JOB, answer(200, "<html><title>Sign in</title>", "Content-Type", "text/html"));

        assertThatThrownBy(server::run).hasMessageContaining("an HTML page ('Sign in'), not with JSON; check the URL");
    }

    @Test
    void tokenThatExpiresMeanwhileIsReplaced() throws IOException {
        server.stub.on(JOB, answer(202, ""), answer(401, ""), json(200, manifest(true, item("a"))));
        TokenProvider tokens = new TokenProvider() {
            private int number = 1;

            @Override
            public Optional<String> token() {
                return Optional.of("t" + number);
            }

            @Override
            public boolean replace(String refused) {
                number++;
                return true;
            }
        };

        assertThat(server.run(EVERYTHING, tokens).faulty()).isEmpty();

        assertThat(server.stub.requests(JOB))
                .extracting(each -> each.header("Authorization"))
                .containsExactly("Bearer t1", "Bearer t1", "Bearer t2");
        assertThat(server.stub.requests("/files/a.ndjson").get(0).header("Authorization"))
                .isEqualTo("Bearer t2");
    }

    @Test
    void pagesAreReadWhileTheExportRuns() throws IOException {
        String error =
                "\"error\":[{\"type\":\"OperationOutcome\",\"url\":\"" + server.stub.url("/files/c.ndjson") + "\"}]";
        String first = manifest(false, item("a")).replace("\"error\":[]", error);
        server.stub.on(JOB, answer(202, ""), json(202, first), json(202, linked(first, server.stub.url("/pages/2"))));
        server.stub.on(
                "/pages/2",
                json(202, manifest(false, item("b")).replace("\"error\":[]", error)),
                json(200, manifest(false, item("b")).replace("\"error\":[]", error)));

        assertThat(server.run(PARTIAL, TokenProvider.NONE).files())
                .extracting(DownloadedFile::name)
                .containsExactly("a.ndjson", "c.ndjson", "b.ndjson");

        assertThat(server.stub.requests("/files/a.ndjson")).hasSize(1);
        assertThat(server.text("manifest.json")).doesNotContain("\"link\"").contains("b.ndjson");
    }

    @Test
    void pageThatNobodyAskedForIsNotTaken() throws IOException {
        server.stub.on(JOB, json(202, manifest(false)), json(200, manifest(false, item("a"))));

        assertThat(server.run().files()).extracting(DownloadedFile::name).containsExactly("a.ndjson");
        assertThat(server.names()).containsExactly("a.ndjson", "manifest.json");
    }

    @Test
    void pageThatGrowsIsDownloadedToItsEnd() throws IOException {
        server.stub.on(
                JOB,
                json(202, manifest(false, item("b"))),
                json(200, manifest(false, item("a"), item("b"), item("c"))));

        assertThat(server.run(PARTIAL, TokenProvider.NONE).files())
                .extracting(DownloadedFile::name)
                .containsExactly("b.ndjson", "a.ndjson", "c.ndjson");
        assertThat(server.stub.requests("/files/b.ndjson")).hasSize(1);
    }

    @Test
    void pageThatShrinksIsNotComplete() {
        server.stub.on(JOB, json(202, manifest(false, item("a"), item("b"))), json(200, manifest(false, item("a"))));

        assertThatThrownBy(() -> server.run(PARTIAL, TokenProvider.NONE))
                .hasMessageContaining("no longer has the file output/b.ndjson");
    }

    @Test
    void pagesThatLeadBackEnd() {
        server.stub.on(JOB, json(200, linked(manifest(false, item("a")), server.stub.url("/pages/2"))));
        server.stub.on("/pages/2", json(200, linked(manifest(false, item("b")), server.stub.url(JOB))));

        assertThatThrownBy(server::run).hasMessageContaining("lead back to " + server.stub.url(JOB));
    }

    @Test
    void parametersGoInTheUrlOrInABody() {
        server.complete(item("a"));
        List<Parameter> few =
                List.of(new Parameter("_type", "Patient,Group"), new Parameter("_typeFilter", "A?b=c&d=é"));
        server.run(new BulkRequest("$export", few, true, false), TokenProvider.NONE);
        assertThat(server.stub.requests(KICK_OFF).get(0)).satisfies(request -> {
            assertThat(request.query()).isEqualTo("_type=Patient,Group&_typeFilter=A%3Fb%3Dc%26d%3D%C3%A9");
            assertThat(request.header("Prefer")).isEqualTo("respond-async, handling=lenient");
        });

        restart();
        List<Parameter> body = List.of(
                new Parameter("patient", "Patient/1"),
                new Parameter("allowPartialManifests", "true"),
                new Parameter("_type", "x".repeat(3_000)));
        server.run(new BulkRequest("$export", body, false, false).since("2026-01-01T00:00:00Z"), TokenProvider.NONE);
        assertThat(server.stub.requests(KICK_OFF).get(1)).satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.body())
                    .contains("{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/1\"}}")
                    .contains("{\"name\":\"allowPartialManifests\",\"valueBoolean\":true}")
                    .contains("{\"name\":\"_since\",\"valueInstant\":\"2026-01-01T00:00:00Z\"}")
                    .contains("\"valueString\":\"xxx");
        });
    }

    private void restart() {
        try (ExportFolder folder = ExportFolder.open(server.folder)) {
            folder.clear();
        }
    }

    private String item(String name) {
        return server.item("/files/" + name + ".ndjson", lines(3));
    }
}
