package dev.sluice.bulkimport;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.HostileInputs;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirException;
import dev.sluice.ingest.ResourceWriter;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.NdjsonReader;
import dev.sluice.r4.OwnBases;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Imports of little use that are small for the client and could be large for the server. */
@IntegrationTest
class CostlyImportsTest {
    private static final int MB = 1 << 20;
    private static final int PARAMETERS = 20_000;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{}", "{\"resourceType\":\"Patient\"}", "[", "\""})
    void aLoadOfManyBadLinesIsGivenUp(String line) {
        HttpResponse<String> answer = load(line);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("given up at line 10001", "sluice.import.max-bad-lines");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r"})
    void blankLinesCostLittle(String line) {
        assertThat(load(line).statusCode()).isEqualTo(200);
    }

    /** One transaction for each line would take some ten minutes for ten megabytes of gzip. */
    @Test
    void linesOfOneResourceShareTransactions() {
        int lines = 5_000;
        StringBuilder body = new StringBuilder();
        for (int i = 1; i <= lines; i++) {
            body.append("{\"resourceType\":\"Basic\",\"id\":\"one\",\"language\":\"x-")
                    .append(i)
                    .append("\"}\n");
        }

        HttpResponse<String> answer = server.post("/$import", "application/fhir+ndjson", body.toString());

        assertThat(answer.body())
                .contains("{\"name\":\"updated\",\"valueInteger\":" + (lines - 1) + "}")
                .contains("{\"name\":\"failed\",\"valueInteger\":0}");
        assertThat(server.get("/Basic/one").body()).contains("\"versionId\":\"" + lines + "\"", "x-" + lines);
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        assertThat(jdbc.queryForObject("select count(*) from resource where id = 'one'", Integer.class))
                .isEqualTo(lines);
        assertThat(jdbc.queryForObject(
                        "select count(distinct last_updated) from resource where id = 'one'", Integer.class))
                .isLessThan(5);
    }

    @Test
    void aLoadThatIsRefusedWritesAndTellsWhatCameBefore() {
        String language = "x-" + "a".repeat(100_000);
        String lines = "{\n{\"resourceType\":\"Basic\",\"id\":\"before\",\"language\":\"" + language
                + "\"}\n{\"resourceType\":\"Basic\",\"id\":\"last\",\"language\":\"" + language + "\"}\n";
        MemoryBudget memory = new MemoryBudget(64L * MB, Duration.ZERO);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (MemoryBudget.Claim other = memory.claim()) {
            other.hold(25 * MB, 0);
            ResourceWriter writer = server.bean(ResourceWriter.class);
            ImportLines changes =
                    new ImportLines(writer, null, ImportMeta.ASSIGN, new UnresolvedReferences(OwnBases.NONE), true);
            NdjsonReader reader =
                    new NdjsonReader(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), memory.claim());

            BatchWriter batches = new BatchWriter(writer, executor, LoadCheckpoint.start(""), line -> {});

            assertThatThrownBy(() -> new NdjsonLoad(batches, changes, line -> {}, 10).run(reader, memory.claim()))
                    .isInstanceOfSatisfying(
                            FhirException.class,
                            refusal -> assertThat(refusal.status()).isEqualTo(503))
                    .hasMessageContaining("Of the lines before that, 2 are loaded and stay (2 created")
                    .hasMessageEndingWith("and 1 are left out.");
        } finally {
            executor.shutdownNow();
        }

        assertThat(server.get("/Basic/before").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\"file:///no/such/file\"}]}",
                "{\"name\":\"input\"}",
                "{\"name\":\"mode\",\"valueString\":\"no\"}",
                "{\"name\":\"unknown\"}",
                "{\"name\":\"force\",\"valueBoolean\":true}"
            })
    void manyFaultsOfARequestAreNotAllReported(String parameter) {
        String body = HostileInputs.parameters(parameter, PARAMETERS);
        long start = System.nanoTime();
        HttpResponse<String> answer = server.post("/$import", "application/fhir+json", body, "Prefer", "respond-async");
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.out.println(took.toMillis() + " ms for " + PARAMETERS + " parameters " + parameter);
        assertThat(outcome(400, answer)).hasSizeLessThanOrEqualTo(FhirException.MOST_ISSUES);
        assertThat(took).isLessThan(SOON);
    }

    private static HttpResponse<String> load(String line) {
        byte[] body = HostileInputs.compressedLines(line);
        assertThat(body).hasSizeLessThan(1_000_000);
        long start = System.nanoTime();
        HttpResponse<String> answer = server.send(
                "POST",
                "/$import",
                BodyPublishers.ofByteArray(body),
                "Content-Type",
                "application/fhir+ndjson",
                "Content-Encoding",
                "gzip");
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println(took.toMillis() + " ms for " + body.length + " bytes of '" + line.strip() + "'");
        assertThat(took).isLessThan(SOON);
        return answer;
    }
}
