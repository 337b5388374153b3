package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Exports that are organised by the instances of a type: which resources stand in which block. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class OrganizedExportTest {
    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void atSystemLevelEachPatientWhoIsReferredToHasABlockWhetherThePatientIsThereOrNot() {
        OrganizedExports export = export("/$export?organizeOutputBy=Patient");

        assertThat(export.blocks().keySet())
                .containsExactly("Patient/ann", "Patient/bob", "Patient/gone", "Patient/never-written");
        assertThat(export.keys("Patient/ann"))
                .containsExactly(
                        "Patient/ann", "Appointment/of-both", "Group/only-ann", "Group/former", "Observation/of-ann");
        assertThat(export.keys("Patient/bob"))
                .containsExactly(
                        "Patient/bob", "Appointment/of-both", "Group/former", "Group/ring", "Observation/of-bob");
        assertThat(export.keys("Patient/gone")).containsExactly("Group/former", "Observation/of-gone");
        assertThat(export.keys("Patient/never-written")).containsExactly("Observation/of-nobody");
        assertThat(export.notes())
                .containsExactly("1 Group, 1 Organization belong to no Patient's block, and are left out. To get"
                        + " them, export without organizeOutputBy and with _type=Group,Organization.");
    }

    @Test
    void atPatientAndGroupLevelOnlyTheirPatientsHaveBlocks() {
        OrganizedExports patients = export("/Patient/$export?organizeOutputBy=Patient");
        OrganizedExports group = export("/Group/ring/$export?organizeOutputBy=Patient");
        OrganizedExports ann = export("/Group/only-ann/$export?organizeOutputBy=Patient");

        assertThat(patients.blocks().keySet()).containsExactly("Patient/ann", "Patient/bob", "Patient/never-written");
        assertThat(patients.notes()).isEmpty();
        assertThat(group.keys("Patient/ann"))
                .containsExactly("Patient/ann", "Appointment/of-both", "Observation/of-ann");
        assertThat(group.keys("Patient/bob"))
                .containsExactly("Patient/bob", "Appointment/of-both", "Group/ring", "Observation/of-bob");
        assertThat(group.blocks()).hasSize(2);
        assertThat(ann.blocks().keySet()).containsExactly("Patient/ann");
        assertThat(ann.keys("Patient/ann")).contains("Appointment/of-both", "Group/only-ann");
        assertThat(export("/Group/empty/$export?organizeOutputBy=Patient").blocks())
                .isEmpty();
    }

    @Test
    void theGroupThatIsExportedIsOneBlockOfEverything() {
        OrganizedExports export = export("/Group/ring/$export?organizeOutputBy=Group");

        assertThat(export.blocks().keySet()).containsExactly("Group/ring");
        assertThat(export.keys("Group/ring"))
                .containsExactly(
                        "Group/ring",
                        "Appointment/of-both",
                        "Observation/of-ann",
                        "Observation/of-bob",
                        "Patient/ann",
                        "Patient/bob");
        assertThat(export.notes()).noneMatch(note -> note.contains("organizeOutputBy"));
    }

    @Test
    void filtersAndElementsDecideOnEachLineAndAnEmptyBlockHasNoHeader() {
        Export export = client.export("/$export?organizeOutputBy=Patient&_type=Patient,Observation"
                + "&_typeFilter=Patient%3Fgender%3Dmale&_typeFilter=Observation%3Fstatus%3Dfinal"
                + "&_elements=Patient.id,Observation.subject");
        OrganizedExports blocked = OrganizedExports.of(server, export);

        assertThat(blocked.keys("Patient/ann")).containsExactly("Observation/of-ann");
        assertThat(blocked.keys("Patient/bob")).containsExactly("Patient/bob", "Observation/of-bob");
        assertThat(blocked.lines())
                .allMatch(line -> line.contains("SUBSETTED") && !line.contains("gender") && !line.contains("value"));
        assertThat(export.manifest().path("extension").path("filters").toString())
                .isEqualTo("[{\"type\":\"Observation\",\"index\":false,\"read\":4,\"kept\":4},"
                        + "{\"type\":\"Patient\",\"index\":false,\"read\":2,\"kept\":1}]");
        assertThat(export("/$export?organizeOutputBy=Patient&_type=Patient,Observation"
                                + "&_typeFilter=Patient%3Fgender%3Dmale&_typeFilter=Observation%3Fcode%3D8480-6")
                        .blocks()
                        .keySet())
                .containsExactly("Patient/bob");
        assertThat(export("/$export?organizeOutputBy=Organization&_type=Patient,Organization"
                                + "&_typeFilter=Organization%3Fname%3Dnone")
                        .keys("Organization/clinic"))
                .containsExactly("Patient/bob");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/$export?organizeOutputBy=Patiend | 'Patiend' is not a FHIR R4 resource type",
                "/$export?organizeOutputBy=patient | did you mean 'Patient'?",
                "/$export?organizeOutputBy=Patient&_type=Observation | add Patient to _type",
                "/Patient/$export?organizeOutputBy=Organization | in no patient's compartment; ask for it at system level",
            })
    void whatCannotBeOrganisedByIsRefusedOrWithLeniencyLeftOutAndReported(String path, String why) {
        assertThat(outcome(400, client.kickOff(path)))
                .singleElement()
                .asString()
                .contains(why);

        Export export = client.await(server.get(
                path, "Accept", "application/fhir+json", "Prefer", "respond-async", "Prefer", "handling=lenient"));

        assertThat(export.manifest().has("outputOrganizedBy")).isFalse();
        assertThat(export.keys()).contains("Observation/of-ann");
        assertThat(server.get(export.manifest()
                                .path("error")
                                .path(0)
                                .path("url")
                                .asString())
                        .body())
                .contains(why)
                .contains("The output is organised by type.");
    }

    @Test
    void twoDifferentTypesAreRefused() {
        assertThat(outcome(400, client.kickOff("/$export?organizeOutputBy=Patient&organizeOutputBy=Group")))
                .singleElement()
                .asString()
                .contains("given twice, as 'Patient' and 'Group'");
    }

    @Test
    void anEstimateTakesTheParameter() {
        assertThat(server.get("/$export-estimate?organizeOutputBy=Patient&_type=Patient")
                        .body())
                .isEqualTo(server.get("/$export-estimate?_type=Patient").body());
    }

    @Test
    void thePlanIsForgottenWhenTheExportIsCompleteOrCancelled() {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        client.export("/$export?organizeOutputBy=Patient");
        server.delete(client.kickOff("/$export?organizeOutputBy=Patient")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow());

        await().until(() -> jdbc.queryForList(
                        "select job_id::text from organized_attempt union all select attempt::text"
                                + " from organized_line union all select attempt::text from organized_count union all"
                                + " select id::text from retention_hold")
                .isEmpty());
    }

    private OrganizedExports export(String path) {
        return OrganizedExports.of(server, client.export(path));
    }
}
