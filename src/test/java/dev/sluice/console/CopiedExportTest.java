package dev.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.signin.PersonAtBrowser;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The copy of an export asks for the same as the export, however that was asked for. */
@IntegrationTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CopiedExportTest {
    /** More than the page of a job names. */
    private static final int PATIENTS = 25;

    private final SluiceServer server = SluiceServer.start("--sluice.role=api");
    private final PersonAtBrowser person = new PersonAtBrowser(server);

    @BeforeAll
    void load() {
        String patients = IntStream.range(0, PATIENTS)
                .mapToObj(n -> "{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\"}\n")
                .collect(Collectors.joining());
        String group = "{\"resourceType\":\"Group\",\"id\":\"ward\",\"type\":\"person\",\"actual\":true,"
                + "\"member\":[{\"entity\":{\"reference\":\"Patient/p0\"}}]}";
        assertThat(server.post("/$import", "application/fhir+ndjson", patients + group)
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/$export",
                "/$export?_type=Patient&_type=Observation&_type=Condition",
                "/Patient/$export?_type=Observation&_typefilter=Observation?code=a,b%26status=final&_till=2026-01-02",
                "/$export?_type=Patient,Observation&_typeFilter=Patient?name=O'x%2526y&_typeFilter=Observation?code=a",
                "/$export?_since=2020-02-03&_until=2026-01-02T03:04:05.678Z&_outputFormat=parquet",
                "/$export?_type=Patient&_outputFormat=delta&_container=lake",
                "/Group/ward/$export?includeAssociatedData=LatestProvenanceResources&_includeReferenced=Practitioner,Location"
                        + "&_includeReferencedDepth=2&organizeOutputBy=Patient&_elements=Patient.name,birthDate",
                "/$export?includeAssociatedData=_history,_deleted&allowPartialManifests=true",
                "/Patient/$export?_quasiIdentifiers=birthYear,zip3&_kAnonymity=5&allowPartialManifests=false"
            })
    void ofParametersInTheUrl(String path) {
        assertCopied(started(server.get(path, "Accept", "application/fhir+json", "Prefer", "respond-async")));
    }

    @Test
    void ofParametersInTheBody() {
        ObjectNode body = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = body.putArray("parameter");
        list.addObject().put("name", "_anonymizationConfig").put("valueString", "preset:safe-harbor");
        list.addObject().put("name", "_container").put("valueString", "study");
        list.addObject().put("name", "_type").put("valueString", "Patient,Observation");
        list.addObject().put("name", "_typeFilter").put("valueString", "Observation?code=a,b");
        list.addObject().put("name", "_since").put("valueInstant", "2026-01-02T03:04:05Z");
        for (int n = 0; n < PATIENTS; n++) {
            list.addObject().put("name", "patient").putObject("valueReference").put("reference", "Patient/p" + n);
        }
        String job = started(server.post(
                "/Patient/$export",
                "application/fhir+json",
                body.toString(),
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async"));

        String page = assertCopied(job);

        assertThat(link(job)).doesNotContain("Patient/p1", "safe-harbor"); // a log has the URL
        assertThat(HtmlUtils.htmlUnescape(page))
                .contains("_anonymizationConfig=preset:safe-harbor", "\"reference\":\"Patient/p24\"");
    }

    /** The form would start a plain export of all that the views read. */
    @Test
    void anExportOfViewsHasNoCopy() {
        String view =
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"view\",\"part\":[{\"name\":\"viewResource\","
                        + "\"resource\":{\"resourceType\":\"ViewDefinition\",\"name\":\"ids\",\"resource\":\"Patient\",\"status\":\"active\","
                        + "\"select\":[{\"column\":[{\"name\":\"id\",\"path\":\"id\"}]}]}}]}]}";
        String job = started(server.post(
                "/$viewdefinition-export",
                "application/fhir+json",
                view,
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async"));

        assertThat(person.open(page(job)).body())
                .doesNotContain("id=\"copy\"")
                .contains("no form for an export of views");
        HttpResponse<String> form = person.open("/console/exports/new?copy=" + job);
        assertThat(form.statusCode()).isEqualTo(400);
        assertThat(form.body()).doesNotContain("<form id=\"export\"");
    }

    @ParameterizedTest
    @EnumSource(ExportParameter.class)
    void eachParameterThatHasAnEffectHasAField(ExportParameter parameter) {
        String field = (parameter == ExportParameter.PATIENT ? "body." : "") + parameter;
        boolean needed = parameter.use() != ExportParameter.Use.WITHOUT_EFFECT;

        assertThat(person.open("/console/exports/new").body().contains("name=\"" + field + "\""))
                .isEqualTo(needed);
        assertThat(person.open("/console/exports/new?" + field + "=x").body().contains("id=\"others\""))
                .isEqualTo(!needed
                        || parameter == ExportParameter.INCLUDE_ASSOCIATED_DATA
                        || parameter == ExportParameter.ALLOW_PARTIAL_MANIFESTS);
    }

    @Test
    void whatHasNoFieldIsShownAndSent() {
        String page = person.open("/console/exports/new?_type=Patient&_till=2026-01-02&_maxCount=7")
                .body();

        assertThat(page).contains("<code>_till</code>", "<div>2026-01-02</div>", "<div>7</div>");
        assertThat(HtmlUtils.htmlUnescape(page)).contains("_till=2026-01-02&_maxCount=7");
        HttpResponse<String> answer =
                person.post("/console/exports", BrowserForm.of(page, "export").body());
        String job = id(answer.headers().firstValue("Location").orElseThrow());
        assertThat(request(job).value(ExportParameter.UNTIL)).isEqualTo("2026-01-01T23:59:59.999Z");
        HttpResponse<String> wrong = person.post(
                "/console/exports/estimate", BrowserForm.of(page, "export").body() + "&_maxCount=x");
        assertThat(BrowserForm.of(wrong.body(), "export").body())
                .contains("_till=2026-01-02", "_maxCount=7&_maxCount=x");
    }

    @Test
    void anEstimateIsOfTheSamePatients() {
        HttpResponse<String> estimate = person.post(
                "/console/exports/estimate", "level=patient&_type=Patient&body.patient=Patient/p1%0D%0APatient/p2");

        assertThat(estimate.statusCode()).as(estimate.body()).isEqualTo(200);
        assertThat(estimate.body()).containsPattern("<strong>2</strong> resources");
    }

    /** Has a person copy an export and start the copy as it is; returns the page with the form. */
    private String assertCopied(String job) {
        String page = person.open(link(job)).body();
        HttpResponse<String> answer =
                person.post("/console/exports", BrowserForm.of(page, "export").body());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        ExportRequest copy = request(id(answer.headers().firstValue("Location").orElseThrow()));
        assertThat(copy.scope()).isEqualTo(request(job).scope());
        assertThat(copy.parameters()).isEqualTo(request(job).parameters());
        return page;
    }

    /** Where the page of a job leads to for a copy. */
    private String link(String job) {
        Matcher copy = Pattern.compile("<a id=\"copy\"[^>]*href=\"([^\"]*)\"")
                .matcher(person.open(page(job)).body());
        assertThat(copy.find()).isTrue();
        return HtmlUtils.htmlUnescape(copy.group(1));
    }

    private static String page(String job) {
        return "/console/jobs/export/" + job;
    }

    private static String started(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return id(answer.headers().firstValue("Content-Location").orElseThrow());
    }

    private ExportRequest request(String job) {
        UUID id = UUID.fromString(job);
        List<String> payload =
                server.bean(JdbcTemplate.class).queryForList("select payload from job where id = ?", String.class, id);
        return ExportJob.of(id, payload.get(0)).request();
    }

    private static String id(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
