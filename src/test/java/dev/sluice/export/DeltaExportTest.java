package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SamplePopulation;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.delta.DeltaReader;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A chain of exports as tables of Delta Lake: each version of the tables is the store of then. */
@SlowTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeltaExportTest {
    private static final String DELTA = "_outputFormat=delta&_container=";

    /** Keys that stay: the rules would get new ones for each export. */
    private static final String KEYS =
            "\"dateShiftKey\": \"a key\", \"encryptKey\": \"0123456789abcdef\", \"perturbKey\": \"another\", ";

    @TempDir
    private static Path blobs;

    private SluiceServer server;
    private ExportClient client;
    private RandomWrites writes;

    @BeforeAll
    void load() {
        server = SluiceServer.start("--sluice.export.file-size=40KB", "--sluice.storage.local.root=" + blobs);
        client = new ExportClient(server);
        ExportSteps.putRules(
                server,
                "rules.json",
                DeidentifiedExportContract.RULES.replace("\"parameters\": {", "\"parameters\": {" + KEYS));
        ExportSteps.putRules(
                server, "no-ids.json", DeidentifiedExportContract.RULES.replace("\"cryptoHash\"", "\"redact\""));
        ExportSteps.putRules(
                server,
                "one-id.json",
                DeidentifiedExportContract.RULES.replace(
                        "\"Resource.id\", \"method\": \"cryptoHash\"",
                        "\"Resource.id\", \"method\": \"substitute\", \"replaceWith\": \"x\""));
        ExportSteps.putRules(
                server,
                "skip.json",
                DeidentifiedExportContract.RULES.replace(
                        "\"fhirVersion\"", "\"processingErrors\": \"skip\", \"fhirVersion\""));
        List<ObjectNode> population = SamplePopulation.ofPatients(2);
        writes = new RandomWrites(
                server,
                population.stream()
                        .filter(resource ->
                                !resource.path("resourceType").asString().equals("Group"))
                        .toList(),
                1);
        assertThat(server.post(
                                "/$import",
                                "application/fhir+ndjson",
                                population.stream()
                                        .map(ObjectNode::toString)
                                        .collect(Collectors.joining("\n", "", "\n")))
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "whole, /$export?, 10",
        "patients, /Patient/$export?, 3",
        "group, /Group/first-ten/$export?, 3",
        "types, '/$export?_type=Observation,Patient,Basic&_elements=Observation.status&', 3",
        "rules, /$export?_anonymizationConfig=rules.json&, 3"
    })
    void eachVersionIsTheStoreOfThen(String container, String path, int exports) {
        List<Map<String, Long>> versions = new ArrayList<>();
        List<Export> expected = new ArrayList<>();
        String since = "";
        for (int i = 0; i < exports; i++) {
            ObjectNode manifest = client.manifest(path + DELTA + container + since);
            String time = manifest.path("transactionTime").asString();
            versions.add(versions(manifest));
            expected.add(client.export(path + "_container=lines&_until=" + time));
            since = "&_since=" + time;
            assertThat(manifest.path("outputFormat").asString()).isEqualTo("delta");
            writes.some(12);
        }
        for (int i = 0; i < exports; i++) {
            Map<String, List<String>> lines = expected.get(i).lines();
            assertThat(versions.get(i).keySet()).containsAll(lines.keySet());
            versions.get(i)
                    .forEach((type, version) -> assertThat(
                                    reader(container, type).rows(version, "body"))
                            .as(type + " at version " + version)
                            .containsExactlyInAnyOrderElementsOf(lines.getOrDefault(type, List.of())));
        }
        Map<String, Long> last = versions.get(exports - 1);
        last.forEach(
                (type, version) -> assertThat(reader(container, type).version()).isEqualTo(version));
        assertThat(last.get("Observation")).isEqualTo(exports - 1L);
    }

    @Test
    void deletingTheJobsKeepsTheTables() throws Exception {
        String path = "/$export?_type=Observation,Patient&" + DELTA + "kept";
        HttpResponse<String> first = client.kickOff(path);
        String time = end(first).path("transactionTime").asString();
        writes.some(10);
        HttpResponse<String> second = client.kickOff(path + "&_since=" + time);
        ObjectNode manifest = end(second);
        List<String> rows = reader("kept", "Observation").rows(1, "body");

        for (HttpResponse<String> job : List.of(first, second)) {
            assertThat(server.delete(location(job)).statusCode()).isEqualTo(202);
            await().until(() -> server.get(location(job)).statusCode() == 404);
        }
        Thread.sleep(2_000); // the erasure follows

        assertThat(reader("kept", "Observation").rows(1, "body")).isEqualTo(rows);
        assertThat(reader("kept", "Observation").rows(0, "id")).isNotEmpty();
        writes.some(10);
        client.manifest(path + "&_since=" + manifest.path("transactionTime").asString());
        assertThat(reader("kept", "Observation").version()).isEqualTo(2);
    }

    @Test
    void oneOfTwoExportsCommitsAndTheOtherLeavesNoFiles() throws Exception {
        String path = "/$export?_type=Observation,Patient&" + DELTA + "race";
        String since = client.manifest(path).path("transactionTime").asString();
        writes.some(10);
        HttpResponse<String> one = client.kickOff(path + "&_since=" + since);
        HttpResponse<String> other = client.kickOff(path + "&_since=" + since);
        List<HttpResponse<String>> ends =
                Stream.of(one, other).map(job -> client.awaitEnd(location(job))).toList();

        assertThat(ends).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(200, 500);
        HttpResponse<String> failed = ends.get(ends.get(0).statusCode() == 500 ? 0 : 1);
        assertThat(ExportClient.outcome(500, failed))
                .anyMatch(text -> text.contains("Use _since=")
                        || text.contains("shows an earlier one")); // if the later one was first
        String job = failed.uri().toString().replaceFirst(".*/", "");
        await().untilAsserted(() -> assertThat(files("race")).noneMatch(file -> file.contains(job)));
        assertThat(reader("race", "Observation").version()).isEqualTo(1);
        assertThat(reader("race", "Observation").rows(1, "id")).isNotEmpty();
    }

    @Test
    void whatDoesNotFitToTheTablesIsRefused() throws Exception {
        String path = "/$export?_type=Patient&" + DELTA + "fit";
        assertThat(refusal(path + "&_since=2026-01-01T00:00:00Z")).contains("Leave _since out");
        String time = client.manifest(path).path("transactionTime").asString();

        assertThat(refusal(path + "&_since=2026-01-01T00:00:00Z")).contains("Use _since=" + time);
        assertThat(refusal(path.replace("=Patient", "=Patient,Group") + "&_since=" + time))
                .contains("has tables of another export");
        Path log = blobs.resolve("fit/Patient/_delta_log/00000000000000000001.json");
        Files.writeString(log, "{\"add\":{\"path\":\"x\"}}\n");
        assertThat(refusal(path + "&_since=" + time)).contains("Another program has written version 1");
        assertThat(refusal(path)).contains("Another program has written version 1");
    }

    @Test
    void patientsOfThePresentDoNotGoWithAnEarlierState() {
        assertThat(refusal("/Patient/$export?_until=2026-01-01&" + DELTA + "earlier"))
                .contains("these patients are those of the present");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "_outputFormat=delta | needs _container",
                "_outputFormat=delta&_container=none&organizeOutputBy=Patient | organizeOutputBy cannot be combined",
                "_outputFormat=delta&_container=none&includeAssociatedData=_history | a table has each resource once",
                "_outputFormat=delta&_container=none&includeAssociatedData=_deleted | a table has each resource once",
                "_outputFormat=delta&_container=none&allowPartialManifests=true | allowPartialManifests cannot be combined",
                "_outputFormat=delta&_container=none&_since=2026-01-01&_type=Observation&_typeFilter=Observation%3Fstatus%3Dfinal | no longer match",
                "_outputFormat=delta&_container=none&_since=2026-01-01&_includeReferenced=Practitioner | no reference leads",
                "_outputFormat=delta&_container=none&_since=2026-01-01&includeAssociatedData=LatestProvenanceResources | no longer the latest",
                "_outputFormat=delta&_container=none&_anonymizationConfig=no-ids.json | need an id of its own",
                "_outputFormat=delta&_container=none&_anonymizationConfig=one-id.json | need an id of its own",
                "_outputFormat=delta&_container=none&_anonymizationConfig=skip.json | processingErrors 'skip'"
            })
    void whatDoesNotGoWithTablesIsRefused(String query, String words) {
        assertThat(ExportClient.outcome(400, client.kickOff("/$export?" + query)))
                .anyMatch(text -> text.contains(words));
        assertThat(blobs.resolve("none")).doesNotExist();
    }

    private String refusal(String path) {
        return String.join(" ", ExportClient.outcome(400, client.kickOff(path)));
    }

    private static String location(HttpResponse<String> kickOff) {
        return kickOff.headers().firstValue("Content-Location").orElseThrow();
    }

    private ObjectNode end(HttpResponse<String> kickOff) {
        HttpResponse<String> end = client.awaitEnd(location(kickOff));
        assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
        return FhirJson.parseObject(end.body().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Long> versions(ObjectNode manifest) {
        Map<String, Long> versions = new TreeMap<>();
        for (JsonNode table : manifest.at("/extension/tables")) {
            versions.put(table.path("type").asString(), table.path("version").asLong());
        }
        return versions;
    }

    private static List<String> files(String container) throws Exception {
        try (Stream<Path> files = Files.walk(blobs.resolve(container))) {
            return files.map(Path::toString)
                    .filter(file -> !file.contains("_log/"))
                    .toList();
        }
    }

    private static DeltaReader reader(String container, String type) {
        return DeltaReader.of(blobs.resolve(container).resolve(type));
    }
}
