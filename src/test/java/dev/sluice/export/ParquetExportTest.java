package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SamplePopulation;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.DuckDb;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tables of an export hold the lines of the same export as NDJSON. */
@SlowTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParquetExportTest {
    private static final String FORMAT = "_outputFormat=application/vnd.apache.parquet";
    private static final String RULES = "_container=study&_anonymizationConfig=rules.json";

    private SluiceServer server;
    private ExportClient client;

    @BeforeAll
    void load() {
        server = SluiceServer.start(
                "--sluice.export.compression=gzip",
                "--sluice.export.file-size=40KB",
                "--sluice.seal.after=0s",
                "--sluice.seal.size=2KB");
        client = new ExportClient(server);
        ExportSteps.putRules(server, "rules.json", DeidentifiedExportContract.RULES);
        String lines = SamplePopulation.ofPatients(3).stream()
                .map(ObjectNode::toString)
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);
        await().until(() -> {
            SealedExportTest.seal(server);
            return Objects.requireNonNull(
                            server.bean(JdbcTemplate.class).queryForObject("select count(*) from segment", Long.class))
                    > 5;
        });
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/$export?",
                "/Patient/$export?",
                "/Group/first-ten/$export?",
                "/$export?allowPartialManifests=true&",
                "/$export?includeAssociatedData=_history,_deleted&",
                "/$export?_type=Observation,Patient&_elements=Observation.status&",
                "/$export?_type=Observation&_typeFilter=Observation%3Fstatus%3Dfinal&",
                "/$export?" + RULES + "&"
            })
    void bodiesAreTheLinesOfNdjson(String path, @TempDir Path folder) throws Exception {
        Export ndjson = client.export(path.replace("allowPartialManifests=true&", ""));
        Map<String, List<Path>> tables = download(manifest(path, ndjson), "output", folder);

        assertThat(tables.keySet()).isEqualTo(ndjson.lines().keySet());
        tables.forEach((type, files) -> {
            List<String> bodies = DuckDb.rows("select body from " + table(files));
            if (path.contains("Partial")) { // pages list the units in the order in which they ended
                assertThat(bodies)
                        .containsExactlyInAnyOrderElementsOf(ndjson.lines().get(type));
            } else {
                assertThat(bodies).isEqualTo(ndjson.lines().get(type));
            }
            assertThat(DuckDb.rows("select count(*) from " + table(files)
                            + " where id is distinct from json_extract_string(body, '$.id')"
                            + " or version_id is distinct from json_extract_string(body, '$.meta.versionId')"
                            + " or last_updated is distinct from"
                            + " json_extract_string(body, '$.meta.lastUpdated')::timestamptz or deleted"))
                    .containsExactly("0");
        });
    }

    @Test
    void thePatientIsThatOfTheCompartment(@TempDir Path folder) throws Exception {
        Map<String, List<Path>> tables = download(manifest("/$export?", client.export("/$export")), "output", folder);

        for (String type : List.of("Observation", "Condition", "Encounter")) {
            assertThat(DuckDb.rows("select count(*) > 2, bool_and('Patient/' || patient ="
                            + " json_extract_string(body, '$.subject.reference')) from "
                            + table(tables.getOrDefault(type, List.of()))))
                    .containsExactly("true | true");
        }
        assertThat(DuckDb.rows("select count(*) > 2, bool_and(patient = id) from "
                        + table(tables.getOrDefault("Patient", List.of()))))
                .containsExactly("true | true");
        assertThat(DuckDb.rows("select count(*) > 0, count(patient) from "
                        + table(tables.getOrDefault("Practitioner", List.of()))))
                .containsExactly("true | 0");
    }

    @Test
    void thePatientOfADeidentifiedTableIsDeidentified(@TempDir Path folder) throws Exception {
        String path = "/$export?" + RULES + "&";
        Map<String, List<Path>> tables = download(manifest(path, client.export(path)), "output", folder);

        assertThat(DuckDb.rows("select count(*) > 2, bool_and('Patient/' || patient ="
                        + " json_extract_string(body, '$.subject.reference')), bool_or(patient like 'patient-%') from "
                        + table(tables.getOrDefault("Observation", List.of()))))
                .containsExactly("true | true | false");
    }

    @Test
    void deletedResourcesAreRowsWithAMark(@TempDir Path folder) throws Exception {
        server.put(
                "/Observation/short-lived",
                "application/fhir+json",
                "{\"resourceType\":\"Observation\",\"id\":\"short-lived\",\"status\":\"final\",\"code\":{\"text\":\"x\"}}");
        String before = client.export("/$export?_type=Observation").transactionTime();
        server.delete("/Observation/short-lived");

        JsonNode manifest = client.manifest("/$export?_type=Observation&_since=" + before + "&" + FORMAT);

        assertThat(manifest.path("outputFormat").asString()).isEqualTo("application/vnd.apache.parquet");
        assertThat(manifest.path("deleted").path(0).path("type").asString()).isEqualTo("Observation");
        Map<String, List<Path>> tables = download(manifest, "deleted", folder);
        assertThat(DuckDb.rows("select * from " + table(tables.getOrDefault("Observation", List.of()))))
                .containsExactly("short-lived | null | null | null | true | null");
        String history = "/$export?_type=Observation&includeAssociatedData=_deleted&" + FORMAT;
        tables = download(client.manifest(history), "output", folder.resolve("marked"));
        assertThat(DuckDb.rows("select id, deleted from " + table(tables.getOrDefault("Observation", List.of()))
                        + " where deleted"))
                .containsExactly("short-lived | true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "organizeOutputBy=Patient&_outputFormat=parquet | organizeOutputBy cannot be combined with _outputFormat",
                "_outputFormat=parquet&_outputFormat=ndjson | _outputFormat is given twice",
                "_outputFormat=orc | 'orc' is not supported; leave it out, or use one of application/fhir+ndjson"
            })
    void whatDoesNotGoWithTablesIsRefused(String query, String words) {
        assertThat(ExportClient.outcome(400, client.kickOff("/$export?" + query)))
                .anyMatch(text -> text.contains(words));
    }

    /** The manifest of an export in Parquet that shows the same time. */
    private JsonNode manifest(String path, Export same) {
        return client.manifest(path + "_until=" + same.transactionTime() + "&" + FORMAT);
    }

    private Map<String, List<Path>> download(JsonNode manifest, String list, Path folder) throws Exception {
        Files.createDirectories(folder);
        Map<String, List<Path>> files = new HashMap<>();
        Map<String, Long> counts = new HashMap<>();
        for (JsonNode page : pages(manifest)) {
            for (JsonNode item : page.path(list)) {
                String url = item.path("url").asString();
                assertThat(url).endsWith(".parquet");
                Download download = new Download(url);
                download.complete();
                assertThat(download.sha256())
                        .isEqualTo(item.at("/extension/sha256").asString());
                Path file = folder.resolve(url.substring(url.lastIndexOf('/') + 1));
                Files.write(file, download.bytes());
                counts.merge(item.path("type").asString(), item.path("count").asLong(), Long::sum);
                files.computeIfAbsent(item.path("type").asString(), type -> new ArrayList<>())
                        .add(file);
            }
        }
        String all = table(files.values().stream().flatMap(List::stream).toList());
        assertThat(DuckDb.rows("select count(*) from " + all))
                .containsExactly(String.valueOf(
                        counts.values().stream().mapToLong(Long::longValue).sum()));
        return files;
    }

    private List<JsonNode> pages(JsonNode first) {
        List<JsonNode> pages = new ArrayList<>(List.of(first));
        JsonNode next = first.path("link").path(0).path("url");
        while (!next.isMissingNode()) {
            String url = next.asString();
            await().until(() -> server.get(url).statusCode() == 200);
            JsonNode page = FhirJson.parseObject(server.get(url).body().getBytes(StandardCharsets.UTF_8));
            pages.add(page);
            next = page.path("link").path(0).path("url");
        }
        return pages;
    }

    private static String table(List<Path> files) {
        return files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", ", "read_parquet([", "])"));
    }
}
