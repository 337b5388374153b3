package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a de-identified export names resources that it does not read, and rules. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DeidentifiedNamesTest {
    private static final String TARGET = "_container=names&_anonymizationConfig=";

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

    /** The condition of a rule may have a value of a patient. */
    @Test
    void aReportHasNoValueOfARule() {
        ExportSteps.putRules(
                server,
                "values.json",
                "{\"fhirPathRules\":[{\"path\":\"Patient.where(gender = 'female').birthDate\","
                        + "\"method\":\"redact\"},{\"path\":\"Patient.gender\",\"method\":\"redact\"}]}");
        Export export = client.export("/$export?_type=Patient&" + TARGET + "values.json");

        String report = server.get(
                        export.manifest().path("error").path(0).path("url").asString())
                .body();
        assertThat(report)
                .contains("Rule 1, redact: ", "Rule 2, path 'Patient.gender', redact: ")
                .doesNotContain("female");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '~', textBlock = """
            Patient.where(meta.exists()).id                ! cryptoHash ! depends on its content
            Patient.where(birthDate.exists())              ! cryptoHash ! depends on its content
            Patient.where(meta.exists() and active).id     ! cryptoHash ! depends on its content
            (Patient.name | Patient.id)                    ! cryptoHash ! depends on its content
            nodesByType('id')                              ! encrypt    ! is another one each time
            """)
    void namesOfResourcesNeedRulesOfTheirIds(String path, String method, String reason) {
        String rule = "{\"path\":\"" + path + "\",\"method\":\"" + method + "\"}";
        String name = Integer.toHexString(path.hashCode()) + ".json";
        String since = "/$export?_type=Patient&_since=2020-01-01T00:00:00Z&" + TARGET + name;
        ExportSteps.putRules(server, name, "{\"fhirPathRules\":[" + rule + "]}");

        for (String request :
                List.of(since, "/Patient/$export?organizeOutputBy=Patient&_type=Patient&" + TARGET + name)) {
            assertThat(outcome(400, client.kickOff(request)))
                    .singleElement()
                    .asString()
                    .contains("Rule 1, path", reason);
        }
        assertThat(client.kickOff(since.replace("_type=Patient", "_type=Observation"))
                        .statusCode())
                .isEqualTo(path.startsWith("Patient.") ? 202 : 400);
    }

    @Test
    void conditionsThatDoNotDecideAboutIdsAreNotRefused() {
        ExportSteps.putRules(
                server,
                "decided.json",
                "{\"fhirPathRules\":[{\"path\":\"Resource.id\",\"method\":\"cryptoHash\"},"
                        + "{\"path\":\"Patient.where(active and true)\",\"method\":\"redact\"}]}");
        ExportSteps.putRules(
                server,
                "elsewhere.json",
                "{\"fhirPathRules\":[{\"path\":\"Patient.name.where(use = 'usual').family\","
                        + "\"method\":\"redact\"},{\"path\":\"Patient.name.first()\",\"method\":\"redact\"}]}");

        for (String rules : List.of("decided.json", "elsewhere.json")) {
            assertThat(client.kickOff("/$export?_since=2020-01-01T00:00:00Z&" + TARGET + rules)
                            .statusCode())
                    .isEqualTo(202);
        }
    }
}
