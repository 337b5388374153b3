package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * One key gives one output, and another key gives another one. That all processes use the keys of a job is seen in {@link
 * DeidentifiedProcessesTest}.
 */
@IntegrationTest
class DeidentifiedKeysTest {
    private static final String ONE = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";
    private static final int PATIENTS = 60;
    private static final int LINKS = 4;

    private static final String TARGET = "_container=study&_anonymizationConfig=";

    private static SluiceServer server;
    private static ExportClient client;

    @BeforeAll
    static void load() {
        server = SluiceServer.start("--sluice.export.file-size=10KB");
        client = new ExportClient(server);
        Ward.load(server, resources());
        server.bean(BlobStore.class).createContainer(ContainerName.ANONYMIZATION);
        put("one.json", rules(ONE));
        put("other.json", rules(OTHER));
        put("none.json", rules(""));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A cohort is a part of the whole, and what is in both is the same. */
    @Test
    void oneKeyGivesOneOutput() {
        Export first = export("/$export?", "one.json");
        Export second = export("/$export?", "one.json");
        Export part = export("/Group/some/$export?", "one.json");
        Export other = export("/$export?", "other.json");
        Export none = export("/$export?", "none.json");

        assertThat(second.all()).containsExactlyInAnyOrderElementsOf(first.all());
        assertThat(joins(first)).isEqualTo(joins(stored()));
        assertThat(part.all())
                .hasSizeGreaterThan(2)
                .hasSizeLessThan(first.all().size())
                .isSubsetOf(first.all());
        assertThat(joins(other)).isEqualTo(joins(first));
        assertThat(values(other)).hasSizeGreaterThan(PATIENTS).doesNotContainAnyElementsOf(values(first));
        assertThat(joins(none)).isEqualTo(joins(first));
        assertThat(values(none))
                .hasSizeGreaterThan(PATIENTS)
                .doesNotContainAnyElementsOf(values(first))
                .doesNotContainAnyElementsOf(values(export("/$export?", "none.json")));
    }

    /** The same resources as they are. */
    private static Export stored() {
        return client.export("/$export");
    }

    private static Export export(String path, String rules) {
        return client.export(path + TARGET + rules);
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
        try (BlobWriter writer = server.bean(BlobStore.class)
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
