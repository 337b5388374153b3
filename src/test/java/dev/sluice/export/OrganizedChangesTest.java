package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Exports in blocks of a store to which something is added: more references, more members, and changes. */
@SlowTest
class OrganizedChangesTest {
    private SluiceServer server;
    private ExportClient client;

    @BeforeEach
    void start() {
        server = SluiceServer.start();
        client = new ExportClient(server);
        Ward.load(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void ofAnyOtherTypeEachBlockHasWhatRefersToTheResource() {
        Ward.load(server, """
                {"resourceType":"Organization","id":"ward","partOf":{"reference":"Organization/clinic"}}
                {"resourceType":"Encounter","id":"visit","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ann"},"serviceProvider":{"reference":"Organization/ward"},"contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"},"subject":{"reference":"Organization/elsewhere"}}]}
                """);

        OrganizedExports export = export("/$export?organizeOutputBy=Organization");

        assertThat(export.keys("Organization/clinic"))
                .containsExactly("Organization/clinic", "Organization/ward", "Patient/bob");
        assertThat(export.keys("Organization/ward")).containsExactly("Organization/ward", "Encounter/visit");
        assertThat(export.keys("Organization/elsewhere")).containsExactly("Encounter/visit");
        assertThat(export.blocks()).hasSize(3);
        assertThat(export.notes())
                .singleElement()
                .asString()
                .startsWith("1 Appointment, 4 Group, 4 Observation, 1 Patient belong to no Organization's block");
    }

    @Test
    void aResourceThatTheLevelDoesNotTakeIsNotShownThoughAnotherRefersToIt() {
        Ward.load(server, """
                {"resourceType":"Encounter","id":"of-bob","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/bob"}}
                {"resourceType":"Condition","id":"of-ann","subject":{"reference":"Patient/ann"},"encounter":{"reference":"Encounter/of-bob"}}
                """);

        OrganizedExports export = export("/Group/only-ann/$export?organizeOutputBy=Encounter");

        assertThat(export.blocks().keySet()).containsExactly("Encounter/of-bob");
        assertThat(export.keys("Encounter/of-bob")).containsExactly("Condition/of-ann");
    }

    @Test
    void aChangedResourceComesWithThePatientWhoHasNotChanged() {
        String before = client.export("/$export").transactionTime();
        Ward.load(
                server,
                "{\"resourceType\":\"Observation\",\"id\":\"new\",\"status\":\"final\",\"code\":{\"text\":\"y\"},"
                        + "\"subject\":{\"reference\":\"Patient/ann\"}}\n");
        server.delete("/Observation/of-bob");

        for (String level : List.of("", "/Patient", "/Group/ring")) {
            Export export = client.export(level + "/$export?organizeOutputBy=Patient&_since=" + before);
            OrganizedExports blocked = OrganizedExports.of(server, export);

            assertThat(blocked.blocks().keySet()).as(level).containsExactly("Patient/ann");
            assertThat(blocked.keys("Patient/ann")).containsExactly("Patient/ann", "Observation/new");
            assertThat(Mirror.deleted(server, export)).containsExactly("Observation/of-bob");
        }
        assertThat(export("/$export?organizeOutputBy=Organization&_since=" + before)
                        .blocks())
                .isEmpty();
        changeBob();
        assertThat(export("/$export?organizeOutputBy=Organization&_since=" + before)
                        .keys("Organization/clinic"))
                .containsExactly("Organization/clinic", "Patient/bob");
    }

    @Test
    void aPatientWithALinkStandsInBothBlocks() {
        Ward.load(
                server,
                "{\"resourceType\":\"Patient\",\"id\":\"eve\",\"link\":[{\"other\":{\"reference\":\"Patient/ann\"},"
                        + "\"type\":\"seealso\"}]}\n");

        OrganizedExports export = export("/Patient/$export?organizeOutputBy=Patient&_type=Patient");

        assertThat(export.keys("Patient/ann")).containsExactly("Patient/ann", "Patient/eve");
        assertThat(export.keys("Patient/eve")).containsExactly("Patient/eve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Patient", "Practitioner"})
    void whatWouldBeInMoreThanAThousandBlocksIsInNoneAndReported(String type) {
        String members = IntStream.rangeClosed(1, 1_001)
                .mapToObj(n -> "{\"entity\":{\"reference\":\"" + type + "/p" + n + "\"}}")
                .collect(Collectors.joining(","));
        Ward.load(
                server,
                "{\"resourceType\":\"Group\",\"id\":\"large\",\"type\":\"person\",\"actual\":true,\"member\":["
                        + members + "]}\n"
                        + "{\"resourceType\":\"Group\",\"id\":\"smaller\",\"type\":\"person\",\"actual\":true,\"member\":["
                        + members.substring(members.indexOf(',') + 1) + "]}\n");

        OrganizedExports export = export("/$export?organizeOutputBy=" + type + "&_type=Group," + type);

        assertThat(export.keys(type + "/p1001")).containsExactly("Group/smaller");
        assertThat(export.keys(type + "/p1")).isEmpty();
        assertThat(export.notes())
                .contains("1 Group would each be repeated in more than 1000 blocks, and are left out."
                        + " To get them, export without organizeOutputBy and with _type=Group.");
    }

    @Test
    void aProvenanceStandsInTheBlocksOfThePatientsWhoseResourcesItIsAbout() {
        Ward.load(server, """
                {"resourceType":"Provenance","id":"of-ann","target":[{"reference":"Observation/of-ann"},{"reference":"Organization/clinic"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
                {"resourceType":"Provenance","id":"of-both","target":[{"reference":"Patient/bob"},{"reference":"Observation/of-ann/_history/1"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
                {"resourceType":"Provenance","id":"of-clinic","target":[{"reference":"Organization/clinic"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
                """);

        OrganizedExports all = export("/$export?organizeOutputBy=Patient&_type=Patient,Provenance");
        OrganizedExports ann = export("/Group/only-ann/$export?organizeOutputBy=Patient&_type=Patient,Provenance");

        assertThat(all.keys("Patient/ann")).containsExactly("Patient/ann", "Provenance/of-ann", "Provenance/of-both");
        assertThat(all.keys("Patient/bob")).containsExactly("Patient/bob", "Provenance/of-both");
        assertThat(all.notes()).singleElement().asString().startsWith("1 Provenance belong to no Patient's block");
        assertThat(ann.blocks().keySet()).containsExactly("Patient/ann");
        assertThat(ann.keys("Patient/ann")).containsExactly("Patient/ann", "Provenance/of-ann", "Provenance/of-both");
        assertThat(ann.notes()).isEmpty();
    }

    @Test
    void aSettledProvenanceNeedsNoIncludedRowsAndHasItsBlocksAllTheSame() {
        Ward.load(server, """
                {"resourceType":"Provenance","id":"later","target":[{"reference":"Patient/ann"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}],"entity":[{"role":"source","what":{"reference":"Provenance/plain"}}]}
                {"resourceType":"Provenance","id":"plain","target":[{"reference":"Patient/ann"},{"reference":"Observation/of-ann"}],"recorded":"2026-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
                """);
        server.bean(JdbcTemplate.class).update("delete from provenance_unsettled"); // what settling comes to

        assertThat(export("/Patient/$export?organizeOutputBy=Provenance").keys("Provenance/plain"))
                .containsExactly("Provenance/plain", "Provenance/later");
        assertThat(export("/Patient/$export?organizeOutputBy=Patient&_type=Patient,Provenance")
                        .keys("Patient/ann"))
                .containsExactly("Patient/ann", "Provenance/later", "Provenance/plain");
    }

    @Test
    void whatIsBroughtBecauseItIsReferredToCanHaveBlocksToo() {
        String before = client.export("/$export").transactionTime();
        String brought = "/Patient/$export?_type=Patient&_includeReferenced=Organization&organizeOutputBy=";

        assertThat(export(brought + "Organization").keys("Organization/clinic"))
                .containsExactly("Organization/clinic", "Patient/bob");
        assertThat(export(brought + "Patient").notes())
                .singleElement()
                .asString()
                .startsWith("1 Organization belong to no Patient's block");
        changeBob();
        assertThat(export("/$export?_type=Patient,Organization&_typeFilter=Organization%3Fname%3DClinic&_since="
                                + before + "&_includeReferenced=Location&organizeOutputBy=Organization")
                        .keys("Organization/clinic"))
                .containsExactly("Organization/clinic", "Patient/bob");
    }

    private void changeBob() {
        String bob = Ward.NDJSON
                .lines()
                .filter(line -> line.contains("\"id\":\"bob\""))
                .findFirst()
                .orElseThrow();
        server.put("/Patient/bob", "application/fhir+json", bob.replace("male", "other"));
    }

    private OrganizedExports export(String path) {
        return OrganizedExports.of(server, client.export(path));
    }
}
