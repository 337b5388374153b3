package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.ExportSteps.kickOff;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The parameters that ask for the classes of patients, and where the answer is. */
@IntegrationTest
class QuasiIdentifiersTest {
    private static SluiceServer server;
    private static SluiceServer all;

    @BeforeAll
    static void start() {
        server = KnownTokens.server();
        all = server.as(KnownTokens.of("all", "system/*.*"));
        for (int i = 0; i < 5; i++) {
            assertThat(all.put(
                                    "/Patient/p" + i,
                                    "application/fhir+json",
                                    "{\"resourceType\":\"Patient\",\"id\":\"p" + i + "\",\"gender\":\""
                                            + (i < 3 ? "male" : "female") + "\",\"birthDate\":\"1990-01-0" + (i + 1)
                                            + "\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anErrorFileHasTheClasses() {
        JsonNode error = new ExportClient(all)
                .manifest("/Patient/$export?_quasiIdentifiers=birthYear,gender&_kAnonymity=3")
                .path("error");

        assertThat(error).hasSize(1);
        assertThat(all.get(error.path(0).path("url").asString()).body())
                .contains(
                        "\"severity\":\"information\"",
                        "k-anonymity by birthYear, gender. Patients: 5. Classes: 2. Patients in the smallest class: 2."
                                + " Classes of fewer than 3 patients: 1, with 2 patients.");
    }

    /** They are counted as they are stored: the rules leave of a date of birth its year. */
    @Test
    void aDeidentifiedExportHasTheClassesToo() {
        JsonNode error = new ExportClient(all)
                .manifest("/Patient/$export?_quasiIdentifiers=birthDate&_container=study"
                        + "&_anonymizationConfig=preset:safe-harbor")
                .path("error");

        assertThat(error.valueStream()
                        .map(file -> all.get(file.path("url").asString()).body()))
                .hasSize(2)
                .anyMatch(file -> file.contains("Patients in the smallest class: 1."))
                .allMatch(file -> file.contains("\"severity\":\"information\""));
    }

    @Test
    void withoutTheParameterNothingIsCounted() {
        assertThat(new ExportClient(all).manifest("/Patient/$export").path("error"))
                .isEmpty();
        assertThat(all.get("/$export-estimate").body()).doesNotContain("kAnonymity");
    }

    @Test
    void anEstimateHasTheClasses() {
        assertThat(all.get("/$export-estimate?_quasiIdentifiers=birthDate").body())
                .contains("{\"name\":\"kAnonymity\",\"part\":[{\"name\":\"k\",\"valueInteger\":5},"
                        + "{\"name\":\"quasiIdentifier\",\"valueCode\":\"birthDate\"},"
                        + "{\"name\":\"patients\",\"valueDecimal\":5},{\"name\":\"classes\",\"valueDecimal\":5},"
                        + "{\"name\":\"smallestClass\",\"valueDecimal\":1},"
                        + "{\"name\":\"classesBelowK\",\"valueDecimal\":5},"
                        + "{\"name\":\"patientsBelowK\",\"valueDecimal\":5}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "_quasiIdentifiers=birthYer | did you mean 'birthYear'?",
                "_quasiIdentifiers=gender,telecom | 'telecom' is not supported; use some of birthDate, birthYear",
                "_quasiIdentifiers= | '' is not supported",
                "_quasiIdentifiers=gender&_kAnonymity=1 | it must be at least 2",
                "_quasiIdentifiers=gender&_kAnonymity=many | not a whole number",
                "_kAnonymity=5 | needs _quasiIdentifiers",
                "_quasiIdentifiers=gender&_type=Patient&_typeFilter=Patient%3Fgender%3Dmale | counts patients before filters"
            })
    void faultsAreRefused(String parameters, String words) {
        assertThat(outcome(400, kickOff(all, "/$export?" + parameters)).toString())
                .contains(words);
    }

    /** The counts would tell of patients that the client may not see. */
    @Test
    void aClientCountsOnlyPatientsThatItMaySee() {
        SluiceServer none = server.as(KnownTokens.of("none", "system/Observation.rs"));
        SluiceServer part = server.as(KnownTokens.of("part", "system/Patient.rs?gender=male"));

        assertThat(outcome(403, kickOff(none, "/$export?_quasiIdentifiers=gender"))
                        .toString())
                .contains("does not allow to export Patient");
        assertThat(outcome(400, kickOff(part, "/$export?_quasiIdentifiers=gender"))
                        .toString())
                .contains("a scope for a part of Patient");
        assertThat(outcome(403, none.get("/$export-estimate?_quasiIdentifiers=gender"))
                        .toString())
                .contains("does not allow to export Patient");
    }
}
