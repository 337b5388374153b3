package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** One key gives one output, whichever process writes it, and another key gives another one. */
@IntegrationTest
class DeidentifiedKeysTest {
    private static final String ONE = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";
    private static final int PATIENTS = 60;
    private static final int LINKS = 4;

    private static final String TARGET = "_container=study&_anonymizationConfig=";

    @TempDir
    private static Path home;

    private static final String DATABASE = TestDatabase.freshUrl();
    private static SluiceServer onlooker;
    private static ExportClient client;
    private static int processes;

    @BeforeAll
    static void load() {
        // It runs no units, so that each export is written by the processes that a test starts.
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + DATABASE, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(onlooker);
        Ward.load(onlooker, resources());
        onlooker.bean(BlobStore.class).createContainer(ContainerName.ANONYMIZATION);
        put("one.json", rules(ONE));
        put("other.json", rules(OTHER));
        put("none.json", rules(""));
    }

    @AfterAll
    static void stop() {
        onlooker.close();
        TestDatabase.drop(DATABASE);
    }

    /** A cohort is a part of the whole, and what is in both is the same. */
    @Test
    void oneKeyGivesOneOutputOnTwoProcesses() throws Exception {
        Export first;
        try (SluiceProcess process = process()) {
            first = export("/$export?", "one.json");
            process.kill();
        }
        try (SluiceProcess process = process()) {
            Export second = export("/$export?", "one.json");
            Export part = export("/Group/some/$export?", "one.json");
            Export other = export("/$export?", "other.json");

            assertThat(second.all()).containsExactlyInAnyOrderElementsOf(first.all());
            assertThat(joins(first)).isEqualTo(joins(stored()));
            assertThat(part.all())
                    .hasSizeGreaterThan(2)
                    .hasSizeLessThan(first.all().size())
                    .isSubsetOf(first.all());
            assertThat(joins(other)).isEqualTo(joins(first));
            assertThat(values(other)).hasSizeGreaterThan(PATIENTS).doesNotContainAnyElementsOf(values(first));
            assertThat(process.isReady()).isTrue();
        }
    }

    /** Without a key in the rules, a job has its own. Its units are written by two processes, one of which is killed. */
    @Test
    void aJobHasOneKeyAlsoIfItsProcessIsKilled() throws Exception {
        String job;
        try (SluiceProcess process = process("--sluice.export.max-bytes-per-second=20KB")) {
            job = client.kickOff("/$export?" + TARGET + "none.json")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            await().atMost(Duration.ofSeconds(60)).until(() -> units(job, "result is not null") > 0);
            process.kill();
        }
        assertThat(units(job, "result is null")).isPositive();
        try (SluiceProcess process = process()) {
            Export export = client.download(client.awaitEnd(job));

            assertThat(joins(export)).isEqualTo(joins(stored()));
            assertThat(values(export))
                    .hasSizeGreaterThan(PATIENTS)
                    .doesNotContainAnyElementsOf(values(export("/$export?", "none.json")));
            assertThat(process.isReady()).isTrue();
        }
    }

    /** The same resources as they are. */
    private static Export stored() {
        return client.export("/$export");
    }

    private static Export export(String path, String rules) {
        return client.export(path + TARGET + rules);
    }

    private static SluiceProcess process(String... options) throws IOException {
        return SluiceProcess.start(
                home.resolve("process-" + ++processes + ".log"),
                Stream.concat(
                                Stream.of(
                                        "--spring.datasource.url=" + DATABASE,
                                        "--sluice.home=" + home,
                                        "--sluice.lease=1s",
                                        "--sluice.export.workers=1",
                                        "--sluice.export.file-size=10KB"),
                                Arrays.stream(options))
                        .toArray(String[]::new));
    }

    private static int units(String job, String condition) {
        Integer units = onlooker.bean(JdbcTemplate.class)
                .queryForObject(
                        "select count(*) from work_unit where job_id = ?::uuid and " + condition,
                        Integer.class,
                        job.substring(job.lastIndexOf('/') + 1));
        return units == null ? 0 : units;
    }

    /** Ids, references and identifiers. */
    private static Set<String> values(Export export) {
        Set<String> values = new HashSet<>();
        export.all().stream()
                .map(line -> FhirJson.parseObject(line.getBytes(UTF_8)))
                .forEach(resource -> {
                    values.add(resource.path("id").asString());
                    values.add(resource.at("/subject/reference").asString("none"));
                    values.add(resource.at("/identifier/0/value").asString("none"));
                });
        values.remove("none");
        return values;
    }

    /** How many references of each pair of types lead to a resource of the export, and how many lead nowhere. */
    private static Map<String, Integer> joins(Export export) {
        Set<String> keys = Set.copyOf(export.keys());
        Map<String, Integer> joins = new HashMap<>();
        for (String line : export.all()) {
            JsonNode resource = FhirJson.parseObject(line.getBytes(UTF_8));
            List<String> references = new ArrayList<>();
            resource.findValues("reference").forEach(reference -> references.add(reference.asString()));
            for (String reference : references) {
                String end = reference.replaceAll(".*/fhir/|/_history/.*", "");
                joins.merge(
                        resource.path("resourceType").asString() + " to " + end.replaceAll("/.*", "")
                                + (keys.contains(end) ? "" : ", which is missing"),
                        1,
                        Integer::sum);
            }
        }
        assertThat(joins).hasSizeGreaterThan(LINKS);
        return joins;
    }

    /** @param key for all methods; empty = the job has new ones */
    private static String rules(String key) {
        String keys = """
                "cryptoHashKey": "KEY", "dateShiftKey": "KEY", "perturbKey": "KEY", "encryptKey": "KEY",
                """.replace("KEY", key);
        return """
                {"fhirPathRules": [
                  {"path": "Resource.id", "method": "cryptoHash"},
                  {"path": "nodesByType('Reference').reference", "method": "cryptoHash"},
                  {"path": "nodesByType('Identifier').value", "method": "encrypt"},
                  {"path": "nodesByType('date')", "method": "dateShift"},
                  {"path": "nodesByType('Quantity').value", "method": "perturb", "span": 1000}],
                 "parameters": {KEYS "deterministicEncryption": true}}
                """.replace("KEYS", key.isEmpty() ? "" : keys);
    }

    private static void put(String name, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        try (BlobWriter writer = onlooker.bean(BlobStore.class)
                .create(BlobPath.of(ContainerName.ANONYMIZATION, name), BlobStore.Encoding.IDENTITY)) {
            writer.write(bytes, 0, bytes.length);
            writer.commit();
        }
    }

    private static String resources() {
        StringBuilder lines = new StringBuilder();
        List<String> members = new ArrayList<>();
        for (int i = 0; i < PATIENTS; i++) {
            String subject = "\"subject\":{\"reference\":\"Patient/p" + i + "\"}";
            lines.append(line(
                    "Patient",
                    "p" + i,
                    "\"identifier\":[{\"value\":\"mrn-" + i + "\"}],\"birthDate\":\"1980-02-" + (10 + i % 18)
                            + "\",\"generalPractitioner\":[{\"reference\":\"Practitioner/d" + i % 3 + "\"}]"));
            lines.append(line(
                    "Encounter",
                    "e" + i,
                    "\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"identifier\":[{\"value\":\"visit-" + i
                            + "\"}]," + subject));
            lines.append(line(
                    "Observation",
                    "o" + i,
                    "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"encounter\":{\"reference\":\"Encounter/e" + i
                            + "/_history/1\"},\"performer\":[{\"reference\":\"Practitioner/nobody\"}],"
                            + "\"valueQuantity\":{\"value\":" + i + "}," + subject));
            if (i % 5 == 0) {
                members.add("{\"entity\":{\"reference\":\"Patient/p" + i + "\"}}");
            }
        }
        for (int i = 0; i < 3; i++) {
            lines.append(line("Practitioner", "d" + i, "\"birthDate\":\"1960-01-0" + (i + 1) + "\""));
        }
        return lines
                + line(
                        "Group",
                        "some",
                        "\"type\":\"person\",\"actual\":true,\"member\":[" + String.join(",", members) + "]");
    }

    private static String line(String type, String id, String rest) {
        return "{\"resourceType\":\"" + type + "\",\"id\":\"" + id + "\"," + rest + "}\n";
    }
}
