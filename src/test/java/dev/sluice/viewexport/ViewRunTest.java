package dev.sluice.viewexport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Views that are tried out on resources of the request. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class ViewRunTest {
    private static final String NAMES = ViewExportTest.view(
            "names",
            "Patient",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"}]},"
                    + "{\"forEach\":\"name\",\"column\":[{\"name\":\"family\",\"path\":\"family\"},"
                    + "{\"name\":\"given\",\"path\":\"given\"}]}");

    private final SluiceServer server = SluiceServer.start();

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aViewRunsOnResourcesOfTheRequest() {
        String body = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":" + NAMES
                + "},{\"name\":\"resource\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":"
                + "[{\"family\":\"A\"},{\"family\":\"B\"},{\"family\":\"C\"}]}}";

        assertThat(run(200, body + "]}"))
                .isEqualTo(
                        "[{\"id\":\"p\",\"family\":\"A\",\"given\":null},{\"id\":\"p\",\"family\":\"B\",\"given\":null},"
                                + "{\"id\":\"p\",\"family\":\"C\",\"given\":null}]");
        assertThat(
                        run(
                                200,
                                body
                                        + ",{\"name\":\"_limit\",\"valueInteger\":2},{\"name\":\"_format\",\"valueCode\":\"csv\"}]}"))
                .isEqualTo("id,family,given\r\np,A,\r\np,B,\r\n");
        assertThat(run(422, body.replace("{\"family\":\"B\"}", "{\"given\":[\"x\",\"y\"]}") + "]}"))
                .contains("makes no rows of resource[0]: the column 'given' has 2 values");
        assertThat(run(
                        422,
                        body.replace("getResourceKey", "x").replace("\"path\":\"family\"", "\"path\":\"(\"") + "]}"))
                .contains("viewResource: select[1].column[0].path: ");
        assertThat(run(400, body + ",{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/ann\"}}]}"))
                .contains("The parameter 'patient' is not supported with 'resource'");
    }

    @Test
    void whatARunCostsIsBounded() {
        String names = "{\"family\":\"A\"}" + ",{\"family\":\"B\"}".repeat(99);
        String loop = "name.where(%resource.name.where(%resource.name.where(%resource.name.where(family = 'x')"
                + ".exists()).exists()).exists()).count()";
        String text = "name.select(%resource.name.select(family.replace('', 'abcdefghijklmnop'))).join(' ')";
        for (String path : new String[] {loop, text + ".replace('', " + text + ")"}) {
            String view =
                    ViewExportTest.view("v", "Patient", "{\"column\":[{\"name\":\"a\",\"path\":\"" + path + "\"}]}");
            assertThat(run(
                            422,
                            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":"
                                    + view
                                    + "},{\"name\":\"resource\",\"resource\":{\"resourceType\":\"Patient\",\"name\":["
                                    + names + "]}}]}"))
                    .contains("makes no rows of resource[0]");
        }
    }

    /** A limit that is left out would give more than was asked for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"patient","resource":{"resourceType":"Patient","id":"ann"}} | 'patient', is given as 'resource'; it needs value[x]
            {"name":"patient","valueString":"Patient/ann","resource":{}}        | 'patient', is given as 'valueString' and 'resource'; it needs value[x]
            {"name":"group","part":[]}                                         | 'group', is given as 'part'; it needs value[x]
            {"name":"resource","valueString":"x"}                              | 'resource', is given as 'valueString'; it needs resource
            {"name":"resource","resource":"x"}                                 | 'resource', is given as 'resource'; it needs resource
            {"name":"view","resource":{}}                                      | 'view', is given as 'resource'; it needs part
            """)
    void parametersOfTheWrongFormAreRefused(String parameter, String fault) {
        assertThat(run(
                        400,
                        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":"
                                + NAMES + "}," + parameter + "]}"))
                .contains("parameter[1], " + fault);
        assertThat(ViewExportTest.kickOff(
                                server,
                                ViewExportTest.parameters(NAMES)
                                        .replace("[{\"name\":\"view\"", "[" + parameter + ",{\"name\":\"view\""))
                        .body())
                .contains("parameter[0], " + fault);
    }

    @Test
    void theHeaderIsABoolean() {
        String body = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":" + NAMES
                + "},{\"name\":\"_format\",\"valueCode\":\"csv\"},{\"name\":\"header\",\"valueString\":\"%s\"}]}";

        assertThat(run(200, String.format(body, "true"))).isEqualTo("id,family,given\r\n");
        assertThat(run(200, String.format(body, "false"))).isEmpty();
        assertThat(run(400, String.format(body, "no"))).contains("The header 'no' is neither true nor false");
    }

    /** They would have no effect. */
    @ParameterizedTest
    @ValueSource(strings = {"/$viewdefinition-run", "/$viewdefinition-export"})
    void parametersInTheUrlAreRefused(String operation) {
        HttpResponse<String> answer = server.post(
                operation + "?_format=json&header=false&_limit=1",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"viewResource\",\"resource\":" + NAMES
                        + "}]}");

        assertThat(ExportClient.outcome(400, answer))
                .singleElement()
                .asString()
                .contains("the parameters _limit, header.", "put them there");
    }

    private String run(int status, String body) {
        HttpResponse<String> answer = server.post("/$viewdefinition-run", "application/fhir+json", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }
}
