package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** A whole store moves from one server to another by its export, with its history and its deletions. */
@SlowTest
class MigrationTest {
    private static final String EXPORT = "/$export?includeAssociatedData=_history,_deleted";

    @Test
    void anExportIsTheSameAfterItWasImportedElsewhere() {
        try (SluiceServer a = SluiceServer.start(azure());
                SluiceServer b = SluiceServer.start(azure())) {
            fill(a);
            JsonNode exported = new ExportClient(a).manifest(EXPORT);
            List<String> lines = lines(a, exported);
            String since = new ExportClient(b)
                    .manifest("/$export")
                    .path("transactionTime")
                    .asString();

            JsonNode first = importAll(b, exported, 1);
            JsonNode moved = new ExportClient(b).manifest(EXPORT);

            assertThat(exported.path("output").findValuesAsString("url"))
                    .allMatch(url -> url.matches(".*/[A-Z][A-Za-z]+-\\d+\\.ndjson\\?.*"));
            assertThat(first.path("error").isEmpty()).as(first.toString()).isTrue();
            assertThat(lines(b, moved)).isEqualTo(lines);
            assertThat(compared(a, b)).contains("EQUAL");
            String next = assertAChainGetsEachOnce(b, since, lines);

            JsonNode second = importAll(b, exported, 2);

            assertThat(second.path("error").isEmpty()).as(second.toString()).isTrue();
            assertThat(b.bean(JdbcTemplate.class)
                            .queryForObject(
                                    "select count(*) from resource where last_updated > ?::timestamptz",
                                    Long.class,
                                    next))
                    .isZero();
        }
    }

    /** Versions of two types; some resources are deleted, and some of them created again. */
    private static void fill(SluiceServer server) {
        for (int round = 0; round < 4; round++) {
            int step = round + 1;
            int number = round;
            load(
                    server,
                    IntStream.range(0, 600)
                            .filter(i -> i % step == 0)
                            .mapToObj(i -> "{\"resourceType\":\"Patient\",\"id\":\"p" + i
                                    + "\",\"multipleBirthInteger\":"
                                    + number + "}\n{\"resourceType\":\"Observation\",\"id\":\"o" + i
                                    + "\",\"subject\":{\"reference\":\"Patient/p" + i + "\"},\"valueDecimal\":" + number
                                    + ".00}\n")
                            .collect(Collectors.joining()));
            load(
                    server,
                    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                            + IntStream.range(0, 600)
                                    .filter(i -> i % (7 + number) == 3)
                                    .mapToObj(i ->
                                            "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/o" + i + "\"}}")
                                    .collect(Collectors.joining(","))
                            + "]}\n");
        }
    }

    private static void load(SluiceServer server, String ndjson) {
        HttpResponse<String> response = server.post("/$import", "application/fhir+ndjson", ndjson);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** Imports the blobs of a manifest in some order, in the form of Azure API for FHIR. */
    private static JsonNode importAll(SluiceServer server, JsonNode manifest, int order) {
        List<String> urls = new ArrayList<>(manifest.path("output").findValuesAsString("url"));
        Collections.shuffle(urls, new Random(order));
        String inputs = urls.stream()
                .map(url -> ",{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\""
                        + url.replaceAll("\\?.*", "") + "\"}]}")
                .collect(Collectors.joining());
        HttpResponse<String> accepted = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"mode\",\"valueString\":\"IncrementalLoad\"}"
                        + inputs
                        + "]}",
                "Prefer",
                "respond-async");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();
        await().atMost(Duration.ofSeconds(60)).until(() -> server.get(job).statusCode() != 202);
        return FhirJson.MAPPER.readTree(server.get(job).body());
    }

    /** What was imported with older times is new to a client who was here before, once. */
    private static String assertAChainGetsEachOnce(SluiceServer server, String since, List<String> lines) {
        JsonNode next = new ExportClient(server).manifest("/$export?_since=" + since);
        List<String> ids = lines(server, next);
        String timestamp = next.path("transactionTime").asString();

        assertThat(ids).isNotEmpty().doesNotHaveDuplicates().allMatch(lines::contains);
        assertThat(ids.stream().map(ExportClient::key)).doesNotHaveDuplicates();
        JsonNode last = new ExportClient(server).manifest("/$export?_since=" + timestamp);
        assertThat(last.path("output").isEmpty()).isTrue();
        return timestamp;
    }

    private static String compared(SluiceServer a, SluiceServer b) {
        CommandRun run = CommandRun.run("compare", "--versions", job(a), job(b));
        return run.out() + run.err();
    }

    private static String job(SluiceServer server) {
        return new ExportClient(server)
                .kickOff(EXPORT)
                .headers()
                .firstValue("Content-Location")
                .map(job -> {
                    new ExportClient(server).awaitEnd(job);
                    return job;
                })
                .orElseThrow();
    }

    private static List<String> lines(SluiceServer server, JsonNode manifest) {
        return manifest.path("output").findValuesAsString("url").stream()
                .flatMap(url -> server.get(url).body().lines())
                .sorted()
                .toList();
    }

    private static String[] azure() {
        return new String[] {
            "--sluice.storage.kind=azure",
            "--sluice.storage.azure.connection-string=" + AzuriteServer.shared().connectionString(),
            "--sluice.storage.download=sas",
            "--sluice.export.file-size=100KB"
        };
    }
}
