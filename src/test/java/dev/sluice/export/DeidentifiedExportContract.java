package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlob;
import dev.sluice.blob.StoredBlobs;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** De-identified exports, whatever the storage, with the cases of the tests of Azure's server. */
@TestInstance(Lifecycle.PER_CLASS)
@IntegrationTest
class DeidentifiedExportContract {
    /** Ids and references stay joinable; what is left says nothing of a person. */
    static final String RULES = """
            {"fhirVersion": "R4", "fhirPathRules": [
              {"path": "Resource.id", "method": "cryptoHash"},
              {"path": "nodesByType('Reference').reference", "method": "cryptoHash"},
              {"path": "Patient.birthDate", "method": "redact"},
              {"path": "Group.member.period", "method": "redact"},
              {"path": "Observation.code", "method": "redact"},
              {"path": "Organization.name", "method": "redact"},
              {"path": "Practitioner.name", "method": "redact"}],
             "parameters": {"cryptoHashKey": "a key of the study", "enablePartialDatesForRedact": true}}
            """;

    private static final String TARGET = "_container=study&_anonymizationConfig=";

    final SluiceServer server = SluiceServer.start(storage());
    final ExportClient client = new ExportClient(server);
    private List<String> withoutContainer = List.of();

    /** The storage, as options. */
    String[] storage() {
        return new String[0];
    }

    @BeforeAll
    void load() {
        Ward.load(server);
        withoutContainer = outcome(400, client.kickOff("/$export?" + TARGET + "rules.json"));
        put("rules.json", RULES);
        put("study/rules.yaml", "fhirPathRules:\n  - path: Patient.gender\n    method: redact\n");
        put("invalid.json", RULES.replace("}],", "},],"));
        put("unknown.json", RULES.replace("\"redact\"", "\"forget\""));
        put("large.json", RULES + " ".repeat(1 << 20));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/$export?_type=Patient,Observation&", "/Patient/$export?_type=Patient,Observation&"})
    void everyLineIsDeidentified(String path) throws IOException {
        Export export = client.export(path + TARGET + "rules.json&_anonymizationConfigEtag=" + encoded(etag()));

        assertThat(export.all()).hasSizeGreaterThan(3).allMatch(DeidentifiedExportContract::isLabelled);
        assertThat(export.all().toString()).doesNotContain("ann", "bob", "02-29", "loinc");
        assertThat(export.manifest().path("extension").path("deidentified").asBoolean())
                .isTrue();
    }

    @Test
    void anExportOfAGroupHoldsTheGroupAndItsMembers() {
        Export export = client.export("/Group/only-ann/$export?_type=Patient,Group&" + TARGET + "rules.json");

        assertThat(export.all()).hasSize(2).allMatch(DeidentifiedExportContract::isLabelled);
        String patient = export.keys().get(1);
        assertThat(export.lines().getOrDefault("Group", List.of()).get(0))
                .contains("\"reference\":\"" + patient + "\"");
    }

    @Test
    void anEtagMayBeWithoutQuotesAndMayBeLeftOut() throws IOException {
        String plain = etag().replace("\"", "");

        assertThat(client.export("/$export?_type=Patient&" + TARGET + "rules.json&_anonymizationConfigEtag="
                                + encoded(plain))
                        .all())
                .hasSize(2);
        assertThat(client.export("/$export?_type=Patient&" + TARGET + "study/rules.yaml")
                        .all())
                .hasSize(2)
                .noneMatch(line -> line.contains("male"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "invalid.json | Failed to parse configuration file",
                "unknown.json | Rule 3",
                "not-exist.json | Anonymization configuration 'not-exist.json' not found.",
                "large.json | Anonymization configuration is too large",
                "rules.json&_anonymizationConfigEtag=%220x8D%22 | The condition specified using HTTP conditional header(s) is not met.",
                "rules.json&_anonymizationConfigEtag=%22invalid%22etag | The condition specified using HTTP conditional header(s)"
            })
    void whatIsWrongAboutTheRulesIsRefusedAtOnce(String rules, String words) {
        for (String level :
                List.of("/$export?", "/Patient/$export?", "/Group/only-ann/$export?", "/$export-estimate?")) {
            assertThat(outcome(400, client.kickOff(level + TARGET + rules)))
                    .singleElement()
                    .asString()
                    .contains(words);
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(withoutContainer)
                .singleElement()
                .asString()
                .contains("Anonymization container not found on the destination storage.");
        assertThat(outcome(404, client.kickOff("/Group/not-exist-id/$export?" + TARGET + "rules.json")))
                .singleElement()
                .asString()
                .contains("Group/not-exist-id does not exist");
        assertThat(outcome(400, client.kickOff("/$export?_container=&_anonymizationConfig=rules.json")))
                .isNotEmpty();
    }

    @Test
    void anEstimateNamesRulesThatTakeLong() {
        put("slow.json", RULES.replace("\"Organization.name\"", "\"Patient.where(gender.lower() = 'male').link\""));

        assertThat(server.get("/$export-estimate?_type=Patient,Observation&" + TARGET + "slow.json")
                        .body())
                .contains("{\"name\":\"rules\",\"valueInteger\":7}")
                .contains(
                        "\"slowRule\",\"valueString\":\"Rule 6, path 'Patient.where(gender.lower() = 'male').link'\"");
    }

    @Test
    void aReportCountsWhatEachRuleChanged() {
        Export export = client.export("/$export?_type=Patient,Organization&" + TARGET + "rules.json");

        JsonNode report = export.manifest().path("error").path(0);
        assertThat(report.path("url").asString()).endsWith("/errors-deidentification.ndjson");
        assertThat(server.get(report.path("url").asString()).body().lines())
                .hasSize(report.path("count").asInt())
                .anyMatch(line -> line.contains("\"information\"")
                        && line.contains("Rule 1, path 'Resource.id', cryptoHash: 3 elements."))
                .anyMatch(line -> line.contains("Rule 3, path 'Patient.birthDate', redact: 1 elements."))
                .anyMatch(line -> line.contains("redact: 2 elements."))
                .anyMatch(line -> line.contains("Rules that changed no element: 4, 5, 7."))
                .noneMatch(line -> line.contains("ann") || line.contains("Clinic"));
    }

    @Test
    void anEstimateTellsWhatTheRulesDoNotCover() {
        String estimate = client.kickOff("/$export-estimate?_type=Patient&" + TARGET + "rules.json")
                .body();

        assertThat(estimate)
                .contains("Rule 5, path 'Observation.code', selects nothing in these types")
                .contains("HumanName.family, names, such as Patient.name.family, in Patient")
                .doesNotContain("Rule 3,", "Patient.birthDate,", "Coverage.");
    }

    @Test
    void nothingBesideTheFilesNamesAResource() throws IOException {
        Export export = client.export(
                "/Group/ring/$export?_typeFilter=Patient%3F_id%3Dbob,ann&_type=Patient,Group&" + TARGET + "rules.json");

        String id = ExportContract.id(export);
        List<BlobPath> files = StoredBlobs.in(blobs(), "study").stream()
                .filter(path -> path.folder().endsWith(id))
                .toList();
        assertThat(files)
                .extracting(BlobPath::name)
                .containsExactly(
                        "Group-1.ndjson",
                        "Patient-1.ndjson",
                        "errors-1.ndjson",
                        "errors-deidentification.ndjson",
                        "manifest.json");
        for (BlobPath file : files) {
            assertThat(text(file)).doesNotContain("ring", "ann", "bob", "missing");
        }
        assertThat(text(files.get(2))).contains("2 issues name resources and are not listed");
    }

    @Test
    void rulesAndKeysAreDeletedWithTheEndOfTheJob() {
        client.export("/$export?_type=Patient&" + TARGET + "rules.json");

        assertThat(server.bean(JdbcTemplate.class).queryForList("select 1 from deidentification"))
                .isEmpty();
    }

    @Test
    void blocksAreNamedAsTheirResources() {
        Export export =
                client.export("/Patient/$export?organizeOutputBy=Patient&_type=Patient&" + TARGET + "rules.json");

        OrganizedExports blocked = OrganizedExports.of(server, export);
        assertThat(blocked.blocks().keySet()).hasSize(2).allMatch(head -> head.matches("Patient/[0-9a-f]{64}"));
        blocked.blocks().keySet().forEach(head -> assertThat(blocked.keys(head)).containsExactly(head));
    }

    @Test
    void blocksNeedIds() {
        put("no-ids.json", RULES.replace("\"cryptoHash\"", "\"redact\""));

        assertThat(outcome(400, client.kickOff("/Patient/$export?organizeOutputBy=Patient&" + TARGET + "no-ids.json")))
                .singleElement()
                .asString()
                .contains("which the rules remove");
    }

    private void put(String name, String rules) {
        ExportSteps.putRules(server, name, rules);
    }

    private String etag() throws IOException {
        try (StoredBlob blob = blobs().open(BlobPath.of(ContainerName.ANONYMIZATION, "rules.json"), 0, 1)) {
            return blob.etag();
        }
    }

    private String text(BlobPath file) throws IOException {
        try (StoredBlob blob = blobs().open(file, 0, BlobStore.TO_THE_END)) {
            return new String(blob.content().readAllBytes(), UTF_8);
        }
    }

    private static boolean isLabelled(String line) {
        JsonNode security =
                FhirJson.parseObject(line.getBytes(UTF_8)).path("meta").path("security");
        return security.valueStream()
                .map(label -> label.path("code").asString())
                .collect(Collectors.toSet())
                .contains("CRYTOHASH");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    final BlobStore blobs() {
        return server.bean(BlobStore.class);
    }
}
